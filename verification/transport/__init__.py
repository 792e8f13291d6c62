"""TLS between Django and PostgreSQL, case by case against real servers.

Input: a TLS server and the project's settings. Output: how each connection was secured, or why it failed.
"""
