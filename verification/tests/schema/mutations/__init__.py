"""Single mutations of a database, written from the specification: each must be seen, by its own name."""
