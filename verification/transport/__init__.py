"""TLS between Django and PostgreSQL, tried case by case against real servers.

Comes in: a TLS server and the project's settings. Goes out: what each connection was, or why it failed.
"""
