"""What a database looks like and how two differ."""
