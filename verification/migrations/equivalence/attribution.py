"""Which of several squashes a difference comes from, by as few runs as can tell.

Every run uses some of the squashes, and a difference shows in exactly the runs that use its
cause. No squash's set of runs is part of another's (sets of one size), so what shows in
exactly one squash's runs comes from that one alone: six runs tell twenty squashes apart.
Squashes whose operations name the table of a difference are tried first. What no squash
causes by itself, several cause together: those without which it does not show, so each is
left out in turn, after groups of them.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, count
from math import comb, isqrt
from typing import Final

from verification.migrations.equivalence.comparison import Comparison
from verification.migrations.plan.chains import Squash
from verification.schema.comparison.difference import Difference

Item = tuple[str, Difference]
"""The list of a comparison that a difference stands in, and the difference."""
Compare = Callable[[Sequence[tuple[Squash, ...]]], list[Comparison | None]]
"""Runs each of these sets of squashes; None: that set cannot be in use without the others."""

LISTS = ("differences", "information", "disagreements")
FEW: Final = 6
"""So many squashes are left out one by one; of more, groups first."""


def attribute(
    joint: Comparison, squashes: Sequence[Squash], compare: Compare
) -> tuple[dict[Squash, Comparison], Comparison]:
    """Return each squash what it causes of the joint findings, alone or with others, and what none does."""
    found = {squash: Comparison(notes=joint.notes) for squash in squashes}
    rest = Comparison(joint.differences, joint.information, joint.notes, joint.disagreements)
    named = {squash for _, each in _items(joint) for squash in owners(each, squashes)}
    first = [squash for squash in squashes if squash in named]
    for tried in dict.fromkeys((tuple(first), tuple(squashes))):
        if tried and _items(rest):
            causes, rest = _try(rest, tried, compare)
            _merge(found, causes)
    if _items(rest) and len(squashes) > 1:
        causes, rest = _together(rest, squashes, compare)
        _merge(found, causes)
    return found, rest


def share(joint: Comparison, squash: Squash, squashes: Sequence[Squash]) -> Comparison:
    """Return a squash the findings on its tables; what belongs to none of the squashes goes to each."""
    kept = [(name, each) for name, each in _items(joint) if squash in (owners(each, squashes) or squashes)]
    found = Comparison(notes=joint.notes)
    for name, each in kept:
        getattr(found, name).append(each)
    return found


def owners(difference: Difference, squashes: Sequence[Squash]) -> list[Squash]:
    """Return the squashes that name the table, or else one that its name begins with, or else those of its app."""
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


def _together(
    joint: Comparison, squashes: Sequence[Squash], compare: Compare
) -> tuple[dict[Squash, Comparison], Comparison]:
    """Return a finding to every squash without which it does not show."""
    items = _items(joint)
    size = isqrt(len(squashes)) if len(squashes) > FEW else 1
    groups = [tuple(squashes[start : start + size]) for start in range(0, len(squashes), size)]
    needed = _needed(items, groups, squashes, compare)
    if size > 1:
        suspects = [
            (squash,) for group in groups if any(group in each for each in needed) for squash in group
        ]
        needed = _needed(items, suspects, squashes, compare)
    found = {squash: Comparison() for squash in squashes}
    rest = Comparison(notes=joint.notes)
    for item, causes in zip(items, needed, strict=True):
        for (squash,) in causes:
            _add(found[squash], item)
        if not causes:
            _add(rest, item)
    return found, rest


def _needed(
    items: Sequence[Item],
    groups: Sequence[tuple[Squash, ...]],
    squashes: Sequence[Squash],
    compare: Compare,
) -> list[list[tuple[Squash, ...]]]:
    """Return for each difference the groups without which it does not show.

    A chain that does not load without a group is not counted.
    """
    without = compare([tuple(each for each in squashes if each not in group) for group in groups])
    shown = [(group, _items(each)) for group, each in zip(groups, without, strict=True) if each is not None]
    return [[group for group, found in shown if item not in found] for item in items]


def _merge(found: dict[Squash, Comparison], more: dict[Squash, Comparison]) -> None:
    for squash, comparison in more.items():
        for item in _items(comparison):
            _add(found[squash], item)


def _codes(number: int) -> Iterator[frozenset[int]]:
    """Return so many sets of runs, all of one size."""
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
