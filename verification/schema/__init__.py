"""Schemas of databases and the differences between them.

In: URLs or snapshot files. Out: schemas, differences, and the SQL script that removes them.
"""
