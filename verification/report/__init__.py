"""One result model, and what is drawn from it."""
