"""What migrations cost on rows: the record of their statements, and what of it stops traffic."""
