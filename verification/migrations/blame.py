"""Which of several squashes a difference comes from, by as few runs as can tell.

Every run uses some of the squashes, and a difference shows in exactly the runs that use its
cause. No squash's set of runs is part of another's (sets of one size), so what shows in
exactly one squash's runs comes from that one alone: six runs tell twenty squashes apart.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, count
from math import comb

from verification.migrations.chains import Squash
from verification.migrations.judge import Comparison
from verification.schema.difference import Difference

Item = tuple[str, Difference]
"""The list of a comparison that a difference stands in, and the difference."""
Compare = Callable[[Sequence[tuple[Squash, ...]]], list[Comparison | None]]
"""Runs each of these sets of squashes; None: that set cannot be in use without the others."""

LISTS = ("differences", "information", "disagreements")


def attribute(
    joint: Comparison, squashes: Sequence[Squash], compare: Compare
) -> tuple[dict[Squash, Comparison], Comparison]:
    """Give each squash what it alone causes of the joint findings, and what no single one causes."""
    found = {squash: Comparison(notes=joint.notes) for squash in squashes}
    rest = Comparison(notes=joint.notes)
    codes = dict(zip(squashes, _codes(len(squashes)), strict=True))
    seen = _runs(codes, compare)
    if any(comparison is None for comparison in seen):
        codes = {squash: frozenset({index}) for index, squash in enumerate(squashes)}
        seen = _runs(codes, compare)
    unclear: list[tuple[Item, frozenset[int]]] = []
    for item in _items(joint):
        runs = frozenset(
            index for index, each in enumerate(seen) if each is not None and item in _items(each)
        )
        causes = [squash for squash, code in codes.items() if code == runs]
        _add(found[causes[0]] if causes else rest, item)
        if not causes and runs:
            unclear.append((item, runs))
    if unclear:
        _ask_alone(unclear, codes, compare, found, rest)
    return found, rest


def _ask_alone(
    unclear: Sequence[tuple[Item, frozenset[int]]],
    codes: dict[Squash, frozenset[int]],
    compare: Compare,
    found: dict[Squash, Comparison],
    rest: Comparison,
) -> None:
    """Run by itself every squash that may be one of several causes of the same difference."""
    suspects = [squash for squash, code in codes.items() if any(code <= runs for _, runs in unclear)]
    alone = dict(zip(suspects, compare([(squash,) for squash in suspects]), strict=True))
    for item, _ in unclear:
        causes = [squash for squash, each in alone.items() if each is not None and item in _items(each)]
        for squash in causes:
            _add(found[squash], item)
        if causes:
            getattr(rest, item[0]).remove(item[1])


def _codes(number: int) -> Iterator[frozenset[int]]:
    """Give so many sets of runs, all of one size."""
    runs = next(runs for runs in count(1) if comb(runs, runs // 2) >= number or runs == number)
    size = runs // 2 if runs < number else 1
    codes = combinations(range(runs), size)
    return (frozenset(next(codes)) for _ in range(number))


def _runs(codes: dict[Squash, frozenset[int]], compare: Compare) -> list[Comparison | None]:
    runs = sorted(set().union(*codes.values()))
    return compare([tuple(squash for squash, code in codes.items() if run in code) for run in runs])


def _items(comparison: Comparison) -> list[Item]:
    return [(name, each) for name in LISTS for each in getattr(comparison, name)]


def _add(comparison: Comparison, item: Item) -> None:
    getattr(comparison, item[0]).append(item[1])
