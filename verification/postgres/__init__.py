"""Real PostgreSQL servers: embedded, in a container, or existing.

Comes in: a provider and a major version. Goes out: a ``Server`` that creates databases and can be
configured, and TLS material for it.
"""
