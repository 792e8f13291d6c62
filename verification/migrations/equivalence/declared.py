"""What a project declares of its originals, since history cannot be edited: where they change and where they stop.

An original that refuses even one row in each table stops on every database with rows: such a database never came
further. An original that changes rows is shown. Both can be meant.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...project.configuration import Configuration
from ...schema.comparison.difference import Difference
from ..plan.chains import Squash
from .upgrade import Upgrade


@dataclass(frozen=True)
class Declared:
    """The keys ``stops_on_rows`` and ``data_steps`` of ``[tool.verification]``."""

    stops: Mapping[str, str] = field(default_factory=dict)
    """Original that is known to stop on every database with rows -> why that is right."""
    data_steps: tuple[str, ...] = ()

    @classmethod
    def of(cls, configuration: Configuration) -> "Declared":
        """Return what the configuration declares."""
        return cls(configuration.stops_on_rows, configuration.data_steps)


NOTHING = Declared()


@dataclass
class Stops:
    """The originals of one squash that stop on every database with rows."""

    undeclared: list[Difference] = field(default_factory=list)
    declared: dict[str, str] = field(default_factory=dict)
    """Original -> reason."""

    @classmethod
    def of(cls, upgrades: Sequence[Upgrade], declared: Declared) -> "Stops":
        """Find those that refused rows in each state before them, down to one row in each table."""
        refused = {name: said for each in upgrades for name, said in each.refused_by.items()}
        passed = {step.migration for each in upgrades if each.rows for step in each.steps}
        found = cls()
        for name in sorted(refused.keys() - passed):
            if reason := declared.stops.get(name):
                found.declared[name] = reason
            else:
                words = f"stops on every database with rows: {refused[name]}"
                found.undeclared.append(
                    Difference("migration", name, "changed", "with rows", "applies", words)
                )
        return found


def unused(
    declared: Declared, known: Iterable[Squash], examined: Iterable[Squash], stops: Iterable[Stops]
) -> list[str]:
    """Return a line for each declaration without a reason, of no original, or of one that does not stop.

    ``known``: all squashes of the tree; ``examined``: those whose originals were tried. A data step may look for rows
    that no generated one is like: that it changes none is not told.
    """
    every, tried = (
        {f"{app}.{name}" for squash in squashes for app, name in squash.originals}
        for squashes in (known, examined)
    )
    stopping = {name for each in stops for name in (*each.declared, *(one.object for one in each.undeclared))}
    lines = [
        f"{key}: {name!r} is no original of a squash: remove it"
        for key, names in (("stops_on_rows", declared.stops), ("data_steps", declared.data_steps))
        for name in names
        if name not in every
    ]
    for name, reason in declared.stops.items():
        if name in tried - stopping:
            lines.append(f"stops_on_rows: {name!r} does not stop on rows: remove it")
        if not reason:
            lines.append(f"stops_on_rows: {name!r} has no reason: write one")
    return lines
