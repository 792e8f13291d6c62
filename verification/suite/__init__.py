"""The gate: one module for each area, one function for each check."""
