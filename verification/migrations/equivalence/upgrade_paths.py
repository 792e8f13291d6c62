"""Every way to use a squash besides an empty database: partial states, replacing the originals, rollback."""

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ...schema.comparison.difference import Difference
from ..execution.migration_runner import MigrationRunner
from ..plan.chains import Chain, Squash
from . import declared, partial_states, prune, rollback, upgrade, with_rows

SLOWEST_SHOWN: Final = 5
"""The slowest steps that the text shows besides those for which others wait; the JSON has all."""


@dataclass
class UpgradePaths:
    """The results for one squash."""

    squash: Squash
    upgrades: list[upgrade.Upgrade]
    rollback_steps: list[rollback.BackwardStep]
    prune_result: prune.PruneResult
    on_the_way: with_rows.RowsOnTheWay = field(default_factory=with_rows.RowsOnTheWay)
    """What the originals change in rows, and what undoing them loses."""
    squash_back: list[Difference] = field(default_factory=list)
    """What undoing the squash does otherwise than undoing its originals."""
    stops: declared.Stops = field(default_factory=declared.Stops)
    """Originals that stop on every database with rows."""
    costs: upgrade.Upgrade | None = None
    """The longest upgrade, on as many rows as production has: what each step takes and locks."""
    data_steps: tuple[str, ...] = ()
    """Originals that are declared to change rows."""

    @property
    def differences(self) -> list[Difference]:
        """All differences that the squash has a part in: what the originals alone do on their way back is none."""
        return [each for _, _, differences in self.sections() for each in differences]

    @property
    def changing(self) -> list[tuple[str, str]]:
        """Original and what it changes in the rows that are there, a line a table."""
        return [(name, line) for name, lines in self.on_the_way.changed.items() for line in lines]

    def sections(self) -> Iterator[tuple[str, list[str], list[Difference]]]:
        """Return title, remarks and differences of each path."""
        ups = self.upgrades
        yield (
            f"{len(ups)} partial states upgraded ({sum(each.rows for each in ups)} rows)",
            [
                *(
                    f"{name} stops on every database with rows (declared: {reason})"
                    for name, reason in self.stops.declared.items()
                ),
                *(f"from {each.migration or 'none'}: {each.refused}" for each in ups if each.refused),
            ],
            [*self.stops.undeclared, *(difference for each in ups for difference in each.differences)],
        )
        changed = [
            f"{name}: {line}{' (declared)' * (name in self.data_steps)}" for name, line in self.changing
        ]
        if changed:
            yield "values and rows that the originals change where there are rows", changed, []
        yield (
            "all originals applied: the squash runs nothing, and the originals can go",
            [],
            [*self.prune_result.switched, *self.prune_result.pruned],
        )
        yield (
            f"{sum(step.reversible for step in self.rollback_steps)} of {len(self.rollback_steps)} originals undone",
            [
                *(
                    f"{step.migration} cannot be undone: {step.reason}"
                    for step in self.rollback_steps
                    if not step.reversible
                ),
                *(
                    f"{step.migration}, undone, leaves: {difference.line}"
                    for step in self.rollback_steps
                    for difference in step.differences
                ),
            ],
            self.squash_back,
        )
        if self.costs is not None:
            yield (
                f"{sum(step.seconds for step in self.costs.steps):.1f} s of migrations on {self.costs.rows} rows",
                list(_slowest(self.costs)),
                self.costs.differences,
            )

    def _costs(self) -> list[dict[str, Any]]:
        assert self.costs is not None  # noqa: S101 - asked by the caller
        return [
            {
                "migration": step.migration,
                "seconds": round(step.seconds, 4),
                "locks": dict(step.locks),
                "locks_seen": step.locks_seen,
                "rewritten": list(step.rewritten),
                "disk_bytes": step.disk_bytes,
                "wal_bytes": step.wal_bytes,
                "findings": [cost.to_json() for cost in self.costs.costs(step)],
            }
            for step in self.costs.steps
        ]

    def to_json(self) -> dict[str, Any]:
        """Return what ``--thorough`` adds to the squash's entry."""
        return {
            "upgrades": [
                {
                    "from": each.migration,
                    "rows": each.rows,
                    "applied": each.applied,
                    "refused": each.refused,
                    "rewritten": dict(each.rewritten),
                    "differences": [difference.to_json() for difference in each.differences],
                }
                for each in self.upgrades
            ],
            **({"costs": self._costs()} if self.costs is not None else {}),
            "stopping": [each.to_json() for each in self.stops.undeclared],
            "stopping_declared": self.stops.declared,
            "changed": self.on_the_way.changed,
            "switch": [each.to_json() for each in self.prune_result.switched],
            "prune": [each.to_json() for each in self.prune_result.pruned],
            "squash_rollback": [each.to_json() for each in self.squash_back],
            "rollback": [
                {
                    "migration": step.migration,
                    "reversible": step.reversible,
                    "reason": step.reason,
                    "differences": [difference.to_json() for difference in step.differences],
                }
                for step in self.rollback_steps
            ],
        }


def _slowest(costs: upgrade.Upgrade) -> Iterator[str]:
    """Say what the slowest steps take, and those for which others wait, quick or slow."""
    for index, step in enumerate(sorted(costs.steps, key=lambda step: -step.seconds)):
        waits = [cost.line for cost in costs.costs(step)]
        if index < SLOWEST_SHOWN or waits:
            said = [*(waits or ["nobody waits"]), *filter(None, [step.caveat])]
            yield f"{step.migration}: {step.seconds:.2f} s; {'; '.join(said)}"


def verify_upgrade_paths(
    runner: MigrationRunner,
    squash: Squash,
    chain: Chain,
    rows: upgrade.RowVolume,
    many: upgrade.RowVolume | None = None,
    known: declared.Declared = declared.NOTHING,
) -> UpgradePaths:
    """Verify every upgrade path of one squash. ``chain``: that of its originals.

    ``many``: measure each migration's cost on so many rows, too. ``known``: what the project declares of the originals.
    """
    partial = partial_states.build_partial_states(runner, squash, chain)

    def upgrade_from(state: partial_states.PartialState) -> upgrade.Upgrade:
        return upgrade.upgrade(runner, partial, state, rows)

    # Start the longest first, so that no worker is left waiting for it.
    early, back, prune_result, on_the_way = runner.run_parallel(
        lambda: _first_to_hold_rows(map(upgrade_from, partial.states)),
        lambda: _backwards(runner, partial),
        lambda: prune.replace_originals(runner, partial, rows),
        lambda: with_rows.there_and_back(runner, partial, rows),
    )
    back, squash_back = back
    for step in back:
        step.differences += on_the_way.back.get(f"{squash.app}.{step.migration}", [])
    costs, *ups = runner.run_parallel(
        lambda: _measure(runner, partial, early[-1], many),
        *(functools.partial(upgrade_from, state) for state in partial.states[len(early) :]),
    )
    ups = early + ups
    stops = declared.Stops.of(ups, known)
    return UpgradePaths(
        squash, ups, back, prune_result, on_the_way, squash_back, stops, costs, known.data_steps
    )


def unused(known: declared.Declared, squashes: Iterable[Squash], paths: Sequence[UpgradePaths]) -> list[str]:
    """Return a line for each declaration that nothing needs; ``squashes``: all of the tree."""
    return declared.unused(known, squashes, [path.squash for path in paths], [path.stops for path in paths])


def _backwards(
    runner: MigrationRunner, partial: partial_states.PartialStates
) -> tuple[list[rollback.BackwardStep], list[Difference]]:
    steps = rollback.roll_back(runner, partial)
    return steps, rollback.squash_back(runner, partial, steps)


def _first_to_hold_rows(ups: Iterator[upgrade.Upgrade]) -> list[upgrade.Upgrade]:
    """Upgrade state after state until one accepts rows of the app itself."""
    early = []
    for made in ups:
        early.append(made)
        if _holds_rows(made):
            break
    return early


def _holds_rows(made: upgrade.Upgrade) -> bool:
    return bool(made.is_full and made.position)


def _measure(
    runner: MigrationRunner,
    partial: partial_states.PartialStates,
    small: upgrade.Upgrade,
    many: upgrade.RowVolume | None,
) -> upgrade.Upgrade | None:
    """Upgrade the state that ``small`` upgraded once more, holding many rows."""
    if many is None or not _holds_rows(small):
        return None
    state = partial.states[small.position]
    made = upgrade.upgrade(runner, partial, state, many, content=small.content, measured=True)
    if not made.is_full and not made.differences:
        # Nothing was measured on many rows, and that is no pass.
        made.differences += [
            Difference("migration", name, "changed", f"with {many.size} rows", "applies", said)
            for name, said in made.refused_by.items()
        ]
    return made
