"""Template tags of the customer pages."""
