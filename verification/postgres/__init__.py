"""Real PostgreSQL servers: embedded, in a container, or existing.

Input: a provider and a major version. Output: a ``Server`` that creates databases, and TLS certificates for it.
"""
