"""The second reader: SQLAlchemy's inspection of a database, and the cross-check against the catalog."""
