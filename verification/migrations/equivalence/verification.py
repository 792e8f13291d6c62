"""The verdict on squashes: original chain against squashed chain, schema and rows, on one server."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...schema.comparison.compare import check_ignored
from ..execution.migration_runner import MigrationRunner, Step
from ..execution.tree_reader import original_chain
from ..plan.chains import Chain, Squash, using_only
from .attribution import LISTS, attribute, share
from .chain_runs import CHAIN_FAILURES, Applied, ChainRuns
from .comparison import StateComparison


@dataclass
class SquashVerdict:
    """One squash, compared with its originals."""

    squash: Squash
    comparison: StateComparison
    steps: list[Step] = field(default_factory=list)
    """Of the squashed chain."""

    @property
    def equal(self) -> bool:
        """Whether an empty database comes to the same with and without the squash."""
        return self.comparison.equal

    def to_json(self) -> dict[str, Any]:
        """Return the entry of the command line's ``squashes``."""
        entry: dict[str, Any] = {
            "app": self.squash.app,
            "squash": self.squash.name,
            "replaced": len(self.squash.originals),
            "differences": [each.to_json() for each in self.comparison.differences],
            "information": [each.to_json() for each in self.comparison.information],
        }
        if self.comparison.disagreements:
            entry["disagreements"] = [each.to_json() for each in self.comparison.disagreements]
        return entry


@dataclass
class Verification:
    """All squashes of one run."""

    original: Applied
    verdicts: list[SquashVerdict]

    @property
    def equal(self) -> bool:
        """Whether every squash is equal to its originals."""
        return all(verdict.equal for verdict in self.verdicts)


class Verifier:
    """Compares the squashes of one project on one server; each chain is run once."""

    def __init__(self, runner: MigrationRunner) -> None:
        self._runner = runner
        self._runs = ChainRuns(runner)

    def verify(self, squashes: Sequence[Squash]) -> Verification:
        """Return the verdict on each squash.

        Raises ``CannotRun`` when the originals cannot be run ("not comparable"), when a squashed
        chain does not load, and when the machine fails.
        """
        with self._runner.worker() as worker:
            chain = original_chain(worker, self._runner.tree, squashes)
        joint_squashes = [
            squash for squash in squashes if squash.in_use or self._contained_in_another(squash)
        ]
        single_squashes = [squash for squash in squashes if squash not in joint_squashes]
        chains = [
            chain,
            *([Chain()] if joint_squashes else []),
            *(using_only([each], chain) for each in single_squashes),
        ]
        original, *others = self._runner.run_parallel(
            *(lambda each=each: self._runs.run(each) for each in chains)
        )
        self._require(original, squashes)
        assert original.reading is not None  # noqa: S101 - it was required
        check_ignored(self._runner.options.ignore, *original.reading.schemas.values())
        verdicts = []
        if joint_squashes:
            verdicts = self._compare_jointly(original, others.pop(0), joint_squashes)
        for squash, applied in zip(single_squashes, others, strict=True):
            verdicts.append(
                SquashVerdict(squash, self._runs.compare(original, applied, squash), applied.steps)
            )
        order = [squash.key for squash in squashes]
        verdicts.sort(key=lambda verdict: order.index(verdict.squash.key))
        return Verification(original, verdicts)

    def _contained_in_another(self, squash: Squash) -> bool:
        return any(squash.is_part_of(other) for other in self._runner.tree.squashes)

    def _require(self, original: Applied, squashes: Sequence[Squash]) -> None:
        if original.failure is not None:
            named = ", ".join(sorted({squash.app for squash in squashes}))
            raise original.failure.cannot_run(f"not comparable: the original chain of {named} fails")

    def _compare_jointly(
        self, original: Applied, applied: Applied, squashes: Sequence[Squash]
    ) -> list[SquashVerdict]:
        """Compare all squashes that an empty database gets in one run; if they differ, find the causes."""
        rest, verdicts = list(squashes), []
        while len(rest) > 1 and (broken := _broken(applied, rest)) is not None:
            # The squashes after it did not run: repeat without it.
            verdicts.append(
                SquashVerdict(broken, self._runs.compare(original, applied, broken), applied.steps)
            )
            rest.remove(broken)
            applied = self._runs.run(using_only(rest, original.chain))
        joint = self._runs.compare(original, applied, rest[0])
        found = {squash: share(joint, squash, rest) for squash in rest}
        separable = [squash for squash in rest if not self._contained_in_another(squash)]
        if not joint.equal and len(rest) > 1 and separable:
            found.update(self._attributed(original, joint, separable, rest))
        if not joint.equal and all(comparison.equal for comparison in found.values()):
            # Each by itself is equal and all together are not: report the difference for every squash.
            found = dict.fromkeys(rest, joint)
        return verdicts + [SquashVerdict(squash, found[squash], applied.steps) for squash in rest]

    def _attributed(
        self,
        original: Applied,
        joint: StateComparison,
        separable: Sequence[Squash],
        squashes: Sequence[Squash],
    ) -> dict[Squash, StateComparison]:
        def compare(groups: Sequence[tuple[Squash, ...]]) -> list[StateComparison | None]:
            return self._runner.run_parallel(
                *(lambda each=each: self._runs.compare_some(original, each) for each in groups)
            )

        found, unclear = attribute(joint, separable, compare)
        for squash, attributed in found.items():
            for name in LISTS:
                getattr(attributed, name).extend(getattr(share(unclear, squash, squashes), name))
        return found


def _broken(applied: Applied, squashes: Sequence[Squash]) -> Squash | None:
    """Return the squash that stopped the chain."""
    if applied.failure is None or applied.failure.kind not in CHAIN_FAILURES - {"load"}:
        return None
    return next((squash for squash in squashes if str(squash) == applied.failure.migration), None)
