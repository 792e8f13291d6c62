"""One line of what a program wrote, for a message."""


def first_line(text: str, default: str = "") -> str:
    """Return the first line of a text that is not blank, without the space around it."""
    return next((line.strip() for line in text.splitlines() if line.strip()), default)


def last_line(text: str, default: str = "") -> str:
    """Return the last line of a text that is not blank, without the space around it."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), default)
