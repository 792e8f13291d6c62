"""The SQL script that turns one schema into another.

In: two schemas. Out: statements in the order in which PostgreSQL accepts them, and the differences for
which there is no statement.
"""
