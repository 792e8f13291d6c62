"""What a database looks like, and how two schemas differ.

Comes in: URLs or snapshot files. Goes out: schemas, differences and the SQL that removes them.
"""
