"""Undo each original and compare the schema with the one before its forward step."""

from dataclasses import dataclass, field

from verification.migrations.equivalence import comparison
from verification.migrations.equivalence.partial_states import PartialStates
from verification.migrations.execution.migration_runner import MigrationRunner
from verification.migrations.execution.runner import Event, JobFailed
from verification.schema.comparison.difference import Difference


@dataclass
class BackwardStep:
    """One original, undone."""

    migration: str
    reversible: bool = True
    reason: str = ""
    """Why it is not reversible, or how undoing it fails."""
    differences: list[Difference] = field(default_factory=list)
    """Against the schema before the forward step (left)."""


def roll_back(runner: MigrationRunner, partial: PartialStates) -> list[BackwardStep]:
    """Go back from the last original to none.

    After a step that cannot be undone, go on from the forward state before it, so that
    every step is tried. Return the steps in the order in which they were undone.
    """
    steps: list[BackwardStep] = []
    position = partial.last.position
    while position > 0:
        steps += _roll_back_from(runner, partial, position)
        position = partial.last.position - len(steps)
    return steps


def _roll_back_from(runner: MigrationRunner, partial: PartialStates, start: int) -> list[BackwardStep]:
    """Undo from ``start`` until a step fails; that step is the last one returned."""
    reached: dict[int, BackwardStep] = {}
    carried: list[Difference] = []
    with runner.copy(partial.states[start].databases) as databases:

        def look(event: Event) -> None:
            position, alias = event["position"], event["alias"]
            step = reached.setdefault(position, BackwardStep(partial.states[position + 1].migration))
            there = comparison.read(runner.server, databases, both=False)
            before = partial.states[position].reading
            found = comparison.compare_readings(
                _only(before, alias), _only(there, alias), runner.options
            ).differences
            # A difference that an earlier step left counts for that step only.
            step.differences += [each for each in found if each not in carried]
            carried[:] = found

        try:
            runner.roll_back_stepwise(databases, partial.chain, partial.squash, start, look)
        except JobFailed as error:
            if error.kind not in {"irreversible", "apply"}:
                raise error.cannot_run(f"the rollback of {partial.squash.app} cannot be run") from None
            failed = min(reached, default=start) - 1
            step = BackwardStep(
                partial.states[failed + 1].migration, error.kind != "irreversible", error.message
            )
            if step.reversible:
                step.differences.append(
                    Difference("migration", step.migration, "changed", "undone", "undone", error.message)
                )
            reached[failed] = step
    return [reached[position] for position in sorted(reached, reverse=True)]


def _only(reading: comparison.StateReading, alias: str) -> comparison.StateReading:
    return comparison.StateReading({alias: reading.schemas[alias]})
