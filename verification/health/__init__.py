"""The health endpoint: its latency, its queries and its calls.

In: a running web server of the project. Out: latencies, violations and findings.
"""
