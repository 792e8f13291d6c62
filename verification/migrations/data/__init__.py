"""Rows: generated for migrations to work on, and compared after them."""
