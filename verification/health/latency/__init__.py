"""Latency: samples, limits, and the comparison with a reference or an earlier run."""
