"""The kinds of evidence that a check records: figures, tables, and what pictures are drawn from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """One figure and its limit, both in ``unit``. Raises ``TypeError`` or ``ValueError`` if they are no numbers."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    """The largest value that passes; None: information only."""

    def __post_init__(self) -> None:
        for name in ("value", "limit"):
            number = getattr(self, name)
            if number is not None and not isinstance(number, int | float):
                object.__setattr__(self, name, float(number))
        if self.value is None:
            raise TypeError(f"the figure {self.name!r} has no value")

    @property
    def passed(self) -> bool:
        """Whether the figure is within its limit; one that is not a finite number never is."""
        if self.limit is None:
            return not math.isnan(self.value)
        return math.isfinite(self.value) and math.isfinite(self.limit) and self.value <= self.limit

    @property
    def margin(self) -> float | None:
        """The share of the limit that is left, 0 to 1; negative beyond the limit; None without one."""
        if not self.limit or not math.isfinite(self.limit) or not math.isfinite(self.value):
            return None
        return (self.limit - self.value) / self.limit

    def __str__(self) -> str:
        limit = "" if self.limit is None else f", the limit is {self.limit:g}"
        return f"{self.name}: {self.value:g} {self.unit}{limit}"


@dataclass(frozen=True)
class Table:
    """Evidence as a table: rows of plain values, one per column."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int | float | bool | None]]


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Latencies of probes and the load in flight over the same seconds, for a picture."""

    load: str
    """What the load consists of, in the singular."""
    points: Sequence[tuple[float, float, bool]]
    """Of each probe: the second at which it was to be sent, its milliseconds, whether it was answered 200."""
    steps: Sequence[tuple[float, int]]
    """Second, and how many requests of the load are in flight from then on."""
    limit: float
    """Milliseconds that a probe may take."""


@dataclass(frozen=True)
class MigrationStep:
    """One migration of a time line."""

    migration: str
    seconds: float
    locks: Sequence[str]
    """Table and strongest lock, one text each."""
    stops: Sequence[str] = ()
    """Which tables' traffic it stops, one text each."""


@dataclass(frozen=True)
class MigrationTimeline:
    """Migrations in the order in which they ran, for a picture."""

    title: str
    steps: Sequence[MigrationStep]


@dataclass(frozen=True)
class Cell:
    """One answer of a grid; its text says the same as its colour."""

    text: str
    good: bool | None
    """None: neither, such as what does not exist."""
    title: str = ""
    """The whole answer, if the text is a short form."""


@dataclass(frozen=True)
class Grid:
    """Answers to one question for each pair of a row and a column, for a picture."""

    title: str
    corner: str
    """What rows and columns are: ``sslmode, server offers``."""
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
