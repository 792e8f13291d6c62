"""Chains of migrations: listed, applied to real databases, and compared.

Comes in: a project and a server. Goes out: verdicts on squashes, with differences of schemas and rows.
"""
