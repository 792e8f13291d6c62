"""Values that look like production: one generator for each column, deterministic from a seed.

A generator takes the row's number, from 0, and returns the text that COPY reads; ``None`` is NULL.
"""

import random
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

ValueGenerator = Callable[[int], str | None]

EPOCH: Final = datetime(2025, 1, 1, tzinfo=UTC)
"""Generated times lie within the year from here: a fixed one, so that one seed gives one data set."""
YEAR_SECONDS: Final = 365 * 24 * 3600
NULL_SHARE: Final = 0.2
"""Share of NULL in columns that allow it."""
WORDS: Final = ("amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "jetty")
UUID_LENGTH: Final = 36


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as the database and its model know it together."""

    name: str
    type: str
    """As ``format_type`` names it; for a domain its base type."""
    not_null: bool
    unique: bool = False
    primary_key: bool = False
    kind: str = ""
    """Django's field class, such as ``EmailField``."""
    choices: Sequence[str] = ()
    """The model's choices, or an enum's labels."""

    @property
    def base(self) -> str:
        """The type without its modifier."""
        return re.sub(r"\(.*?\)", "", self.type).strip()

    @property
    def modifiers(self) -> list[int]:
        """The numbers in the type's brackets."""
        found = re.search(r"\(([\d,]+)\)", self.type)
        return [int(part) for part in found[1].split(",")] if found else []


def value_generator(column: Column, rng: random.Random) -> ValueGenerator | None:
    """Return the generator for a column; None if its type is not supported."""
    make = _plain(column, rng)
    if make is None or column.not_null or column.primary_key:
        return make
    return lambda row: None if rng.random() < NULL_SHARE else make(row)


def _plain(column: Column, rng: random.Random) -> ValueGenerator | None:
    if column.choices and not column.unique:
        choices = [str(choice) for choice in column.choices]
        return lambda _: rng.choice(choices)
    if column.base.endswith("[]"):
        return lambda _: "{}"
    if column.base in _NUMBERS:
        return _number(column, rng)
    if column.base in _TEXTS:
        return _text(column, rng)
    make = _OTHERS.get(column.base)
    return None if make is None else lambda row: make(row, rng)


_NUMBERS: Final = {"smallint", "integer", "bigint", "numeric", "real", "double precision", "money"}
_TEXTS: Final = {"character varying", "character", "text", "citext", "name"}

_OTHERS: Final[dict[str, Callable[[int, random.Random], str]]] = {
    "boolean": lambda _, rng: rng.choice("tf"),
    "uuid": lambda _, rng: str(_uuid(rng)),
    "timestamp with time zone": lambda _, rng: _moment(rng).isoformat(),
    "timestamp without time zone": lambda _, rng: _moment(rng).replace(tzinfo=None).isoformat(),
    "date": lambda _, rng: _moment(rng).date().isoformat(),
    "time without time zone": lambda _, rng: _moment(rng).time().isoformat(),
    "time with time zone": lambda _, rng: _moment(rng).time().isoformat() + "+00",
    "interval": lambda _, rng: f"{rng.randrange(1, 90)} days",
    "json": lambda row, _: f'{{"n": {row}}}',
    "jsonb": lambda row, _: f'{{"n": {row}}}',
    "bytea": lambda row, _: rf"\\x{row:08x}",
    "inet": lambda row, _: f"10.{row >> 16 & 255}.{row >> 8 & 255}.{row & 255}",
    "cidr": lambda row, _: f"10.{row >> 8 & 255}.{row & 255}.0/24",
    "macaddr": lambda row, _: (
        f"02:00:{row >> 24 & 255:02x}:{row >> 16 & 255:02x}:{row >> 8 & 255:02x}:{row & 255:02x}"
    ),
    "xml": lambda row, _: f"<n>{row}</n>",
    "hstore": lambda row, _: f"n=>{row}",
    "ltree": lambda row, _: f"n{row}",
    "tsvector": lambda row, _: f"n{row}",
    **{
        kind: lambda *_: "empty"
        for kind in ("int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange")
    },
}


def _uuid(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def _moment(rng: random.Random) -> datetime:
    return EPOCH + timedelta(seconds=rng.randrange(YEAR_SECONDS))


def _number(column: Column, rng: random.Random) -> ValueGenerator:
    if column.unique:
        return lambda row: str(row + 1)
    top = 999
    if column.base == "numeric" and column.modifiers:
        precision, scale = [*column.modifiers, 0][:2]
        top = min(99_999, 10 ** (precision - scale) - 1)
    return lambda _: str(rng.randint(0, top))


def _text(column: Column, rng: random.Random) -> ValueGenerator:
    limit = column.modifiers[0] if column.modifiers else 200
    if column.primary_key and limit >= UUID_LENGTH:
        return lambda _: str(_uuid(rng))
    pattern = {
        "EmailField": "user{}@example.org",
        "URLField": "https://example.org/{}",
        "SlugField": "name-{}",
    }
    template = pattern.get(column.kind)
    if template is not None and limit >= len(template) + 6:
        return template.format
    if column.unique:
        return lambda row: _short(row, limit)
    return lambda row: f"{rng.choice(WORDS)} {row}"[:limit].strip() or "a"


def _short(row: int, limit: int) -> str:
    """Write a number in as few characters as it takes; the longer form where there is room."""
    digits = ""
    while True:
        row, rest = divmod(row, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
        if not row:
            break
    return digits.rjust(min(limit, 8), "0")
