"""Undo each original and compare the schema with the one before its forward step."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...schema.comparison.difference import Difference
from ..execution.migration_runner import MigrationRunner
from ..execution.worker_process import Event, JobFailed
from ..plan.chains import Chain, using_only
from . import comparison
from .partial_states import PartialStates


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


def squash_back(
    runner: MigrationRunner, partial: PartialStates, steps: Sequence[BackwardStep]
) -> list[Difference]:
    """Undo the squash on a database that it made; ``steps``: the originals, undone.

    Where each original can be undone, the squash can be; and it leaves nothing that they do not leave.
    """
    squash = partial.squash
    chain = Chain() if squash.in_use else using_only([squash], partial.chain)
    databases = runner.fresh()
    there: dict[str, comparison.StateReading] = {}

    def look(event: Event) -> None:
        there[event["alias"]] = _only(comparison.read(runner.server, databases, both=False), event["alias"])

    try:
        runner.forward(databases, chain)
        runner.roll_back_stepwise(databases, chain, replace(squash, originals=(squash.key,)), 1, look)
    except JobFailed as error:
        if error.kind not in {"irreversible", "apply"}:
            return []  # another squash in use, or a graph that does not load: a finding of the other paths
        if not all(step.reversible for step in steps):
            return []
        said = Difference(
            "migration", str(squash), "changed", "reversible", "each original is", error.message
        )
        return [said]
    finally:
        runner.drop(databases)
    left = {(each.kind, each.object) for step in steps for each in step.differences}
    return [
        each
        for alias, reading in there.items()
        for each in comparison.compare_readings(
            _only(partial.states[0].reading, alias), reading, runner.options
        ).differences
        if (each.kind, each.object) not in left
    ]


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
