"""The schema model: objects and their identities, as read from one database.

In: what a reader records. Out: a ``Schema``, which is not changed after the reading.
"""
