"""Pairs of schemas for ``diff --format sql``: one file a family.

``-- # name`` begins a pair, ``-- >`` what the right side has besides, ``-- <`` what the left side has besides. A note
after the name: ``(needs 15)`` the first version that can run it, ``(leaves: ...)`` what no statement is made for.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
HEADER: Final = re.compile(r"^-- # (.+?)(?: \(needs (\d+)\))?(?: \(leaves: (.+)\))?$", re.MULTILINE)
SIDE: Final = re.compile(r"^-- ([<>])$", re.MULTILINE)


@dataclass(frozen=True)
class Pair:
    """Two schemas."""

    name: str
    left: str
    right: str
    needs: int
    leaves: str
    """Why the script leaves something to the user; empty where it must be complete."""


def load() -> list[Pair]:
    """Return the pairs of all families."""
    return [pair for path in sorted(HERE.glob("*.sql")) for pair in _parse(path)]


def _parse(path: Path) -> list[Pair]:
    pieces = HEADER.split(path.read_text(encoding="utf-8"))
    pairs = []
    for name, needs, leaves, body in zip(*(pieces[start::4] for start in range(1, 5)), strict=True):
        sides = {"<": "", ">": ""}
        common, *parts = SIDE.split(body)
        for side, sql in zip(parts[::2], parts[1::2], strict=True):
            sides[side] += sql
        full = f"{path.stem}: {name}"
        pairs.append(Pair(full, common + sides["<"], common + sides[">"], int(needs or 14), leaves or ""))
    return pairs
