"""Which of several squashes a difference comes from.

Each squash is run alone: a difference that shows is its own. Squashes whose operations name the
table of a difference are tried first. What no squash causes alone, several cause together: each is
left out in turn, and a difference that then does not show is its own too.
"""

from collections.abc import Callable, Sequence

from ...schema.comparison.difference import Difference
from ..plan.chains import Squash
from .comparison import StateComparison

Item = tuple[str, Difference]
"""The list of a comparison that a difference stands in, and the difference."""
Compare = Callable[[Sequence[tuple[Squash, ...]]], list[StateComparison | None]]
"""Runs each of these sets of squashes; None: that set cannot be in use without the others."""

LISTS = ("differences", "information", "disagreements")


def attribute(
    joint: StateComparison, squashes: Sequence[Squash], compare: Compare
) -> tuple[dict[Squash, StateComparison], StateComparison]:
    """Return what each squash causes of the joint differences, alone or with others, and what none does."""
    found = {squash: StateComparison(notes=joint.notes) for squash in squashes}
    named = {squash for _, difference in _items(joint) for squash in owners(difference, squashes)}
    first = tuple(squash for squash in squashes if squash in named)
    rest = _items(joint)
    for tried in dict.fromkeys((first, tuple(squashes))):
        if tried and rest:
            rest = _assign(rest, found, tried, compare([(squash,) for squash in tried]), shows=True)
    if rest and len(squashes) > 1:
        without = [tuple(each for each in squashes if each != squash) for squash in squashes]
        rest = _assign(rest, found, squashes, compare(without), shows=False)
    unclear = StateComparison(notes=joint.notes)
    for item in rest:
        _add(unclear, item)
    return found, unclear


def _assign(
    items: Sequence[Item],
    found: dict[Squash, StateComparison],
    squashes: Sequence[Squash],
    runs: Sequence[StateComparison | None],
    *,
    shows: bool,
) -> list[Item]:
    """Add each difference to the squashes in whose run it shows (or does not); return those without one."""
    seen = [(squash, _items(run)) for squash, run in zip(squashes, runs, strict=True) if run is not None]
    rest = []
    for item in items:
        causes = [squash for squash, shown in seen if (item in shown) == shows]
        for squash in causes:
            _add(found[squash], item)
        if not causes:
            rest.append(item)
    return rest


def share(joint: StateComparison, squash: Squash, squashes: Sequence[Squash]) -> StateComparison:
    """Return a squash the findings on its tables; what belongs to none of the squashes goes to each."""
    kept = [(name, each) for name, each in _items(joint) if squash in (owners(each, squashes) or squashes)]
    found = StateComparison(notes=joint.notes)
    for name, each in kept:
        getattr(found, name).append(each)
    return found


def owners(difference: Difference, squashes: Sequence[Squash]) -> list[Squash]:
    """Return the squashes that name the table, or else one that its name begins with, or else those of its app."""
    # What is no object of a schema is named alias: public.app_model(key=value), or app.0001_initial.
    name = difference.object.split("(")[0].rpartition(": ")[2]
    table = difference.names[0] or name.partition(".")[2].split(".")[0]
    return (
        [each for each in squashes if table in each.tables]
        or [each for each in squashes if any(table.startswith(f"{begin}_") for begin in each.tables)]
        or [each for each in squashes if table.startswith(f"{each.app}_") or name.startswith(f"{each.app}.")]
    )


def _items(comparison: StateComparison) -> list[Item]:
    return [(name, each) for name in LISTS for each in getattr(comparison, name)]


def _add(comparison: StateComparison, item: Item) -> None:
    getattr(comparison, item[0]).append(item[1])
