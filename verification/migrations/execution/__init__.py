"""Migrations applied in the project's own interpreter.

Comes in: a chain and a database. Goes out: the migrated database, with the times and the locks of each step.
"""
