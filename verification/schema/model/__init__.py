"""The schema model: objects and their identities, read from a database and never changed afterwards."""
