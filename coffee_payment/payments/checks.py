"""System checks of the payments app."""
