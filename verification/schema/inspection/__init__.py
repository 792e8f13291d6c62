"""The second reader: SQLAlchemy's inspection of a database, and the cross-check with the catalog reader.

In: a URL or an SQLAlchemy connection. Out: objects and attributes under the catalog model's names, and
the disagreements of the two readers as differences.
"""
