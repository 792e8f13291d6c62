"""Projects of other people, each in its own environment, as the command ``squash`` finds them."""
