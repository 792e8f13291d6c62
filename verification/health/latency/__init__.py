"""Latency: samples, limits, and the comparison with a peer or an earlier run."""
