"""Attacks on the payments server, as it runs in production: `python -m tools.attack` prints which were held."""
