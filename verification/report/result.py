"""The result of a run: the one model that every check fills and every report is printed from.

The reports show nothing that is not in here, and no check prints.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from ..errors import CANNOT_RUN, DIFFERS, EQUAL

FORMAT: Final = 1
"""Version of the JSON layout; readers refuse any other."""
NO_VERDICT: Final = "no verdict recorded: give a figure a limit, or call expect_none() or passed()"
"""The reason of a check that has said nothing yet."""
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
EXIT_STATUS: Final = {
    Verdict.PASSED: EQUAL,
    Verdict.PARTIAL: EQUAL,
    Verdict.NOT_APPLICABLE: EQUAL,
    Verdict.FAILED: DIFFERS,
    Verdict.INCONCLUSIVE: DIFFERS,
    Verdict.ERROR: CANNOT_RUN,
}
"""Of a run with this verdict, as the command line promises."""


class Finding(Protocol):
    """What ``Check.expect_none`` takes: a difference of two schemas, or anything else that is wrong."""

    def to_difference(self) -> dict[str, Any]:
        """Return it as a row of the report: kind, object, change, attribute, left, right."""

    @property
    def line(self) -> str:
        """The finding in one line."""


@dataclass(frozen=True)
class Measurement:
    """One figure and its limit, both in ``unit``. Raises ``TypeError`` or ``ValueError`` if they are no numbers."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    """The largest value that passes; None: information only."""

    def __post_init__(self) -> None:
        for name in ("value", "limit"):
            number = getattr(self, name)
            if number is not None and not isinstance(number, int | float):
                object.__setattr__(self, name, float(number))
        if self.value is None:
            raise TypeError(f"the figure {self.name!r} has no value")

    @property
    def passed(self) -> bool:
        """Whether the figure is within its limit; one that is not a finite number never is."""
        if self.limit is None:
            return not math.isnan(self.value)
        return math.isfinite(self.value) and math.isfinite(self.limit) and self.value <= self.limit

    @property
    def margin(self) -> float | None:
        """The share of the limit that is left, 0 to 1; negative beyond the limit; None without one."""
        if not self.limit or not math.isfinite(self.limit) or not math.isfinite(self.value):
            return None
        return (self.limit - self.value) / self.limit

    def __str__(self) -> str:
        limit = "" if self.limit is None else f", the limit is {self.limit:g}"
        return f"{self.name}: {self.value:g} {self.unit}{limit}"


@dataclass(frozen=True)
class Table:
    """Evidence as a table: rows of plain values, one per column."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int | float | bool | None]]


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Latencies of probes and the load in flight over the same seconds, for a picture."""

    load: str
    """What the load consists of, in the singular."""
    points: Sequence[tuple[float, float, bool]]
    """Of each probe: the second at which it was to be sent, its milliseconds, whether it was answered 200."""
    steps: Sequence[tuple[float, int]]
    """Second, and how many requests of the load are in flight from then on."""
    limit: float
    """Milliseconds that a probe may take."""


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
    seconds: float = 0.0
    measurements: list[Measurement] = field(default_factory=list)
    samples: dict[str, list[float]] = field(default_factory=dict)
    """Series for pictures, in milliseconds: name -> one value per call."""
    differences: list[dict[str, Any]] = field(default_factory=list)
    """As in the command line's JSON: kind, object, change, attribute, left, right."""
    tables: list[Table] = field(default_factory=list)
    timelines: list[Timeline] = field(default_factory=list)
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

    def expect_none(self, findings: Iterable[Finding | str], name: str = "findings") -> None:
        """Record how many findings there are as the figure ``name``, and fail with their lines if there is one.

        A finding that is a text has nothing but its line: the reason of the failure names as many as fit.
        """
        found = list(findings)
        self.measure(name, len(found), "findings", limit=0)
        self.differences += [finding.to_difference() for finding in found if not isinstance(finding, str)]
        if found:
            lines = [finding if isinstance(finding, str) else finding.line for finding in found]
            if len(lines) > FINDINGS_SHOWN:
                lines[FINDINGS_SHOWN:] = [f"and {len(lines) - FINDINGS_SHOWN} more, in the report"]
            separator = "; " if all(isinstance(finding, str) for finding in found) else "\n"
            raise AssertionError(separator.join(lines))

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


@dataclass(kw_only=True)
class Result:
    """All checks of one run, and where they were made."""

    provenance: Mapping[str, str]
    checks: list[Check] = field(default_factory=list)
    complete: bool = False
    """False while the run goes on and after a crash: such a result never passes."""
    reason: str = ""
    """Why the run did not start or did not end, in one line."""
    total: int = 0
    """How many checks there are, with those that were not selected; 0: not known."""

    @property
    def partial(self) -> str:
        """``partial: 1 of 31 checks`` if not all checks ran; else empty."""
        if len(self.checks) >= self.total:
            return ""
        return f"partial: {len(self.checks)} of {self.total} checks"

    @property
    def verdict(self) -> Verdict:
        """The verdict of the run: the worst of its checks; a run without an applicable check is an error."""
        verdicts = {check.verdict for check in self.checks} - {Verdict.NOT_APPLICABLE}
        if not verdicts or not self.complete:
            return Verdict.ERROR
        if self.partial:
            verdicts.add(Verdict.PARTIAL)
        return next(verdict for verdict in WORST_FIRST if verdict in verdicts)

    @property
    def headline(self) -> str:
        """The verdict in words: ``passed``, ``failed (partial: 1 of 31 checks)``."""
        word = Verdict.PASSED if self.verdict is Verdict.PARTIAL else self.verdict
        return f"{word.value} ({self.partial})" if self.partial else word.value

    def to_json(self) -> dict[str, Any]:
        """Return the content of ``verification.json``."""
        return {
            "format": FORMAT,
            "verdict": self.verdict.value,
            "headline": self.headline,
            "partial": self.partial,
            **asdict(self),
        }
