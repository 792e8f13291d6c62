"""The health endpoint: its latency, its queries and its calls.

Comes in: a running web server of the project. Goes out: latencies, violations and findings.
"""
