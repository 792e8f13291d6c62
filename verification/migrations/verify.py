"""The verdict on squashes: original chain against squashed chain, schema and rows, on one server."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from verification.migrations import judge, rows
from verification.migrations.apply import Applier, Databases, Step
from verification.migrations.chains import Chain, Squash, original_chain, with_only
from verification.migrations.judge import Comparison, placed
from verification.migrations.runner import JobFailed
from verification.schema.difference import Difference
from verification.schema.options import Options

FAULTS: Final = {"apply", "irreversible", "load"}
"""Failures that are the chain's own; any other is the machine's."""


@dataclass
class Applied:
    """One chain on databases of its own."""

    chain: Chain
    databases: Databases
    steps: list[Step] = field(default_factory=list)
    reading: judge.Reading | None = None
    failure: JobFailed | None = None


@dataclass
class SquashVerdict:
    """One squash and what its chain leaves otherwise than its originals."""

    squash: Squash
    comparison: Comparison
    steps: list[Step] = field(default_factory=list)
    """Of the squashed chain."""

    @property
    def equal(self) -> bool:
        """Whether an empty database comes to the same with and without the squash."""
        return self.comparison.equal

    def to_json(self) -> dict[str, Any]:
        """Give the entry of the command line's ``squashes``."""
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

    def __init__(
        self, applier: Applier, *, both_readers: bool = True, options: Options | None = None
    ) -> None:
        self._applier = applier
        self._both = both_readers
        self._options = options

    def verify(self, squashes: Sequence[Squash]) -> Verification:
        """Give the verdict on each squash.

        Raises ``CannotRun`` when the originals cannot be run ("not comparable"), when a squashed
        chain does not load, and when the machine fails.
        """
        with self._applier.runner() as runner:
            chain = original_chain(runner, self._applier.tree, squashes)
        together = [squash for squash in squashes if squash.in_use or self._swallowed(squash)]
        alone = [squash for squash in squashes if squash not in together]
        chains = [
            chain,
            *([Chain()] if together else []),
            *(with_only(each, chain) for each in alone),
        ]
        original, *others = self._applier.together(*(lambda each=each: self._run(each) for each in chains))
        self._require(original, squashes)
        verdicts = []
        if together:
            verdicts = self._judge_together(original, others.pop(0), together)
        for squash, applied in zip(alone, others, strict=True):
            verdicts.append(SquashVerdict(squash, self._compare(original, applied, squash), applied.steps))
        order = [squash.key for squash in squashes]
        verdicts.sort(key=lambda verdict: order.index(verdict.squash.key))
        return Verification(original, verdicts)

    def _swallowed(self, squash: Squash) -> bool:
        return any(squash.is_part_of(other) for other in self._applier.tree.squashes)

    def _run(self, chain: Chain) -> Applied:
        applied = Applied(chain, self._applier.fresh())
        try:
            applied.steps = self._applier.forward(applied.databases, chain)
        except JobFailed as error:
            applied.failure = error
        else:
            applied.reading = judge.read(self._applier.server, applied.databases, both=self._both)
        return applied

    def _require(self, original: Applied, squashes: Sequence[Squash]) -> None:
        if original.failure is not None:
            named = ", ".join(sorted({squash.app for squash in squashes}))
            raise original.failure.cannot_run(f"not comparable: the original chain of {named} fails")

    def _judge_together(
        self, original: Applied, applied: Applied, squashes: Sequence[Squash]
    ) -> list[SquashVerdict]:
        """Judge the squashes that an empty database gets all at once; unequal, one by one."""
        joint = self._compare(original, applied, squashes[0])
        if joint.equal or len(squashes) == 1:
            shares = [_share(joint, squash, squashes) for squash in squashes]
            return [SquashVerdict(*each, applied.steps) for each in zip(squashes, shares, strict=True)]
        separable = [squash for squash in squashes if not self._swallowed(squash)]
        runs = self._applier.together(
            *(lambda each=each: self._run(with_only(each, original.chain)) for each in separable)
        )
        verdicts = [
            SquashVerdict(squash, self._alone_or_share(original, run, squash, squashes, joint), run.steps)
            for squash, run in zip(separable, runs, strict=True)
        ]
        verdicts += [
            SquashVerdict(squash, _share(joint, squash, squashes), applied.steps)
            for squash in squashes
            if squash not in separable
        ]
        if all(verdict.equal for verdict in verdicts):
            # Each by itself is equal and all together are not: that is every one's matter.
            for verdict in verdicts:
                verdict.comparison = joint
        return verdicts

    def _alone_or_share(
        self, original: Applied, run: Applied, squash: Squash, squashes: Sequence[Squash], joint: Comparison
    ) -> Comparison:
        if run.failure is not None and run.failure.kind == "load":
            # It leans on another squash and cannot be in use without it.
            return _share(joint, squash, squashes)
        return self._compare(original, run, squash)

    def _compare(self, original: Applied, applied: Applied, squash: Squash) -> Comparison:
        failure = applied.failure
        if failure is not None:
            if failure.kind not in FAULTS or failure.kind == "load":
                raise failure.cannot_run(f"the squashed chain of {squash.app} cannot be run")
            return Comparison([_crash(failure, squash)])
        assert original.reading is not None  # noqa: S101 - it was required
        assert applied.reading is not None  # noqa: S101 - no failure
        found = judge.judge(original.reading, applied.reading, self._options)
        for alias in original.databases.own:
            found.differences += self._rows(original, applied, alias)
        return found

    def _rows(self, original: Applied, applied: Applied, alias: str) -> list[Difference]:
        def read(databases: Databases) -> rows.Rows:
            return rows.read(self._applier.server.url(databases.names[alias]))

        def again() -> rows.Rows:
            databases = self._applier.fresh()
            self._applier.forward(databases, original.chain)
            return read(databases)

        found = rows.compare(read(original.databases), read(applied.databases), again)
        return [placed(each, alias) for each in found]


def _crash(failure: JobFailed, squash: Squash) -> Difference:
    """An empty database that the originals fill and the squash does not: the largest difference of all."""
    where = failure.migration or str(squash)
    return Difference("migration", where, "changed", "applies", "applies", failure.message)


def _share(joint: Comparison, squash: Squash, squashes: Sequence[Squash]) -> Comparison:
    """Give a squash the findings on its app's tables; what belongs to none of the apps goes to each."""
    apps = {each.app for each in squashes}

    def belongs(each: Difference) -> bool:
        owners = {app for app in apps if f".{app}_" in each.object or each.object.startswith(f"{app}.")}
        return not owners or squash.app in owners

    return Comparison(
        [each for each in joint.differences if belongs(each)],
        [each for each in joint.information if belongs(each)],
        notes=joint.notes,
        disagreements=[each for each in joint.disagreements if belongs(each)],
    )
