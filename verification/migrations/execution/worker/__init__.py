"""What runs inside the project's own Python: the standard library and Django alone, from Python 3.8 on."""
