"""Numbers in words: "1 finding", "2 findings"."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, which is in the singular."""
    plural = "es" if noun.endswith(("sh", "ch", "x")) else "s"
    return f"{number:,} {noun}{plural if number != 1 else ''}"


def unit_of(number: float, unit: str) -> str:
    """Return a unit, which is in the plural, as it stands behind a number."""
    return unit[:-1] if number == 1 and unit not in {"s", "ms"} and unit.endswith("s") else unit
