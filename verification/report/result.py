"""A check and its answer: the one model that every check fills and every report is printed from.

The reports show nothing that is not in here, and no check prints.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from ..errors import CANNOT_RUN, DIFFERS, EQUAL
from .evidence import Grid, Measurement, MigrationTimeline, Table, Timeline
from .finding import Findable, Finding, Level, Place
from .rules import COULD_NOT_RUN, rule_of

NO_VERDICT: Final = "no verdict recorded: give a figure a limit, or call expect_none() or passed()"
"""The reason of a check that has said nothing yet."""
MEASURE_AGAIN: Final = "measure again, on a machine that does nothing else"
FINDINGS_SHOWN: Final = 12
"""Findings that the reason of a failure names; all of them are in the report."""


class Verdict(StrEnum):
    """The answer of a check or of a run. Only ``PASSED`` means that the deploy may go out."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    """It could not run: ``reason`` says why and how to fix it."""
    INCONCLUSIVE = "inconclusive"
    """It ran, and its figures settle nothing: ``reason`` says what would."""
    NOT_APPLICABLE = "not applicable"
    """Its subject does not exist in this project: ``reason`` says what it needs. The run passes without it."""
    PARTIAL = "partial"
    """Of a run only: each check that ran has passed, and some checks did not run."""


WORST_FIRST: Final = (
    Verdict.FAILED,
    Verdict.INCONCLUSIVE,
    Verdict.ERROR,
    Verdict.PARTIAL,
    Verdict.PASSED,
    Verdict.NOT_APPLICABLE,
)
"""The order in which reports list checks, and in which the verdict of a run is decided."""
STOPPING: Final = frozenset({Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ERROR})
"""Verdicts with which no deploy may go out."""
EXIT_STATUS: Final = {
    Verdict.PASSED: EQUAL,
    Verdict.PARTIAL: EQUAL,
    Verdict.NOT_APPLICABLE: EQUAL,
    Verdict.FAILED: DIFFERS,
    Verdict.INCONCLUSIVE: DIFFERS,
    Verdict.ERROR: CANNOT_RUN,
}
"""Of a run with this verdict, as the command line promises."""


@dataclass(kw_only=True)
class Check:
    """One question of the gate and its answer.

    A check has no verdict until it gives one: it is an error until a figure has a limit, or until
    ``expect_none``, ``passed`` or ``conclude`` was called.
    """

    name: str
    """Stable and dotted: ``schema.squash.payments``."""
    title: str
    """The claim in one sentence."""
    properties: tuple[str, ...] = ()
    """The properties of the design document that it verifies: ``("Property 5",)``."""
    verdict: Verdict = Verdict.ERROR
    reason: str = NO_VERDICT
    """One line for anything but a pass: what, where, what to do."""
    detail: str = ""
    """The text behind the reason: the assertion in full, the end of a log."""
    places: tuple[Place, ...] = ()
    """The innermost line of the project in its exception; a finding without a place of its own is there."""
    seconds: float = 0.0
    measurements: list[Measurement] = field(default_factory=list)
    samples: dict[str, list[float]] = field(default_factory=dict)
    """Series for pictures, in milliseconds: name -> one value per call."""
    findings: list[Finding] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    """As in the command line's JSON: kind, object, change, attribute, left, right."""
    sides: tuple[str, str] = ("left", "right")
    """What is left and right in the differences: ``("original migrations", "squash")``."""
    tables: list[Table] = field(default_factory=list)
    timelines: list[Timeline] = field(default_factory=list)
    migrations: list[MigrationTimeline] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def has_verdict(self) -> bool:
        """Whether the check has given a verdict."""
        return self.verdict is not Verdict.ERROR or self.reason != NO_VERDICT

    def measure(self, name: str, value: float, unit: str, limit: float | None = None) -> None:
        """Record a figure. One beyond its limit fails the check; without a limit it is information."""
        self.measurements.append(Measurement(name, value, unit, limit))

    def passed(self, why: str) -> None:
        """Pass, and say in the report why; a figure beyond its limit or a failed assertion still fails."""
        self.notes.append(why)
        self.conclude(Verdict.PASSED)

    def not_applicable(self, reason: str) -> None:
        """Say that the project has no subject for this check: what it lacks, and what would make the check apply."""
        self.conclude(Verdict.NOT_APPLICABLE, reason)

    def expect_none(self, findings: Iterable[Finding | Findable | str], name: str = "findings") -> None:
        """Record the findings, how many there are as the figure ``name``, and fail with their lines if there is one.

        A text becomes a finding of the check's own rule. A note is recorded and fails nothing.
        """
        found = [self.record(finding) for finding in findings]
        found = [finding for finding in found if finding.level is not Level.NOTE]
        self.measure(name, len(found), "findings", limit=0)
        if found:
            lines = [finding.message for finding in found]
            if len(lines) > FINDINGS_SHOWN:
                lines[FINDINGS_SHOWN:] = [f"and {len(lines) - FINDINGS_SHOWN} more, in the report"]
            raise AssertionError("\n".join(lines))

    def record(self, finding: Finding | Findable | str) -> Finding:
        """Add a finding to the report and return it; by itself it fails nothing."""
        if isinstance(finding, str):
            finding = self._finding(finding)
        elif not isinstance(finding, Finding):
            finding = finding.to_finding()
        if not finding.why:
            finding = replace(finding, why=self.title)
        self.findings.append(finding)
        return finding

    def conclude(self, verdict: Verdict, reason: str = "") -> None:
        """Record a verdict; of several the worst counts, with the reason that came with it."""
        if not self.has_verdict or WORST_FIRST.index(verdict) < WORST_FIRST.index(self.verdict):
            self.verdict, self.reason = verdict, reason

    def settle(self) -> None:
        """Decide the verdict from the figures, when the check has ended."""
        beyond = [str(figure) for figure in self.measurements if not figure.passed]
        if beyond:
            self.conclude(Verdict.FAILED, "; ".join(beyond))
        elif not self.has_verdict and any(figure.limit is not None for figure in self.measurements):
            self.conclude(Verdict.PASSED)
        if self.verdict in STOPPING and all(each.level is Level.NOTE for each in self.findings):
            self.record(self._finding_of_its_reason())

    def _finding_of_its_reason(self) -> Finding:
        """Return the finding of a check that has made none: an assertion, a limit, or why it could not run."""
        if self.verdict is Verdict.ERROR:
            subject = f"error:{self.reason}"
            return Finding(rule=COULD_NOT_RUN, message=self.reason, subject=subject, places=self.places)
        if self.verdict is Verdict.INCONCLUSIVE:
            return replace(self._finding(self.reason, Level.WARNING), remedy=MEASURE_AGAIN)
        return self._finding(self.reason)

    def _finding(self, message: str, level: Level = Level.ERROR) -> Finding:
        return Finding(
            rule=self.name,
            message=message,
            places=self.places,
            why=rule_of(self.name).why or self.title,
            level=level,
        )
