"""Latency and purity of the health endpoint."""
