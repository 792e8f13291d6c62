"""The variables that settings read against those that the README names."""
