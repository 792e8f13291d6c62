"""Numbers in words: "1 finding", "2 findings"."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, which is in the singular."""
    plural = "es" if noun.endswith(("sh", "ch", "x")) else "s"
    return f"{number:,} {noun}{plural if number != 1 else ''}"
