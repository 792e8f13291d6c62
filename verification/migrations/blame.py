"""Which of several squashes a difference comes from, by as few runs as can tell.

Every run uses some of the squashes, and a difference shows in exactly the runs that use its
cause. No squash's set of runs is part of another's (sets of one size), so what shows in
exactly one squash's runs comes from that one alone: six runs tell twenty squashes apart.
Squashes whose operations name the table of a difference are tried first.
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
    rest = Comparison(joint.differences, joint.information, joint.notes, joint.disagreements)
    named = {squash for _, each in _items(joint) for squash in owners(each, squashes)}
    first = [squash for squash in squashes if squash in named]
    for tried in dict.fromkeys((tuple(first), tuple(squashes))):
        if tried and _items(rest):
            causes, rest = _try(rest, tried, compare)
            for squash, comparison in causes.items():
                for name, each in _items(comparison):
                    getattr(found[squash], name).append(each)
    return found, rest


def share(joint: Comparison, squash: Squash, squashes: Sequence[Squash]) -> Comparison:
    """Give a squash the findings on its tables; what belongs to none of the squashes goes to each."""
    kept = [(name, each) for name, each in _items(joint) if squash in (owners(each, squashes) or squashes)]
    found = Comparison(notes=joint.notes)
    for name, each in kept:
        getattr(found, name).append(each)
    return found


def owners(difference: Difference, squashes: Sequence[Squash]) -> list[Squash]:
    """Give the squashes that name the table, or else one that its name begins with, or else those of its app."""
    # public.app_model.column, alias: public.app_model(key=value), app.0001_initial
    name = difference.object.split("(")[0].rpartition(": ")[2]
    table = name.partition(".")[2].split(".")[0]
    return (
        [each for each in squashes if table in each.tables]
        or [each for each in squashes if any(table.startswith(f"{begin}_") for begin in each.tables)]
        or [each for each in squashes if table.startswith(f"{each.app}_") or name.startswith(f"{each.app}.")]
    )


def _try(
    joint: Comparison, squashes: Sequence[Squash], compare: Compare
) -> tuple[dict[Squash, Comparison], Comparison]:
    found = {squash: Comparison() for squash in squashes}
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
