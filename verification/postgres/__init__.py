"""How a real PostgreSQL server comes to be."""
