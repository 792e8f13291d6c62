"""A Django project whose views do what a health endpoint must not: the witnesses are tried by it."""
