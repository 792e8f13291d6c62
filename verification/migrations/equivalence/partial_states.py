"""Every partial state of an original chain, kept as template databases."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ..execution.migration_runner import Databases, MigrationRunner, Step
from ..execution.worker_process import Event, JobFailed
from ..plan.chains import Chain, Squash
from . import comparison


@dataclass(frozen=True)
class PartialState:
    """Databases on which 0001..k of the originals have been applied, and nothing that depends on later ones."""

    position: int
    migration: str
    """The k-th original; empty for k = 0."""
    app: str
    databases: Databases
    reading: comparison.StateReading
    described: Mapping[str, list[dict[str, Any]]]
    """Alias -> the tables as their models describe them at this point."""

    @property
    def name(self) -> str:
        """The k-th original with its app, or "none"."""
        return f"{self.app}.{self.migration}" if self.migration else "none"


@dataclass(frozen=True)
class PartialStates:
    """All partial states of one squash's originals, from 0 to the last."""

    squash: Squash
    chain: Chain
    states: tuple[PartialState, ...]
    steps: tuple[Step, ...]

    @property
    def last(self) -> PartialState:
        """The state with all originals applied."""
        return self.states[-1]


def build_partial_states(runner: MigrationRunner, squash: Squash, chain: Chain) -> PartialStates:
    """Run the original chain once and keep a clone and a reading of every partial state.

    Raises ``CannotRun`` when the chain fails.
    """
    work = runner.fresh()
    kept: list[tuple[Event, Databases]] = []

    # The next original runs while the clone of the last is read.
    with ThreadPoolExecutor(1) as reader:
        readings: list[Future[comparison.StateReading]] = []

        def keep(event: Event) -> None:
            clone = runner.clone(work)
            kept.append((event, clone))
            readings.append(reader.submit(comparison.read, runner.server, clone, both=False))

        try:
            steps = runner.apply_stepwise(work, chain, squash, keep)
        except JobFailed as error:
            raise error.cannot_run(f"not comparable: the original chain of {squash.app} fails") from None
    runner.drop(work)
    states = tuple(
        PartialState(
            event["position"], event["migration"] or "", squash.app, clone, reading.result(), event["tables"]
        )
        for (event, clone), reading in zip(kept, readings, strict=True)
    )
    return PartialStates(squash, chain, states, tuple(steps))
