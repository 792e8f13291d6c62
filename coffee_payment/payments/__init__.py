"""Orders, payments and the machines that make the drinks."""
