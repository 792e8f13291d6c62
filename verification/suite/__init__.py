"""The gate: every check that a deploy must pass."""
