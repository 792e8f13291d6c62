"""The result of a run: the one model that every check fills and every report is drawn from.

The report shows nothing that is not in here, and no check prints (design: "every check
hands its evidence to one result model").
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

FORMAT: Final = 1
"""Version of the JSON layout; readers refuse any other."""


class Verdict(StrEnum):
    """What a check came to. Only ``PASSED`` lets a deploy through."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    """It could not run: ``reason`` says why and how to mend it."""
    INCONCLUSIVE = "inconclusive"
    """It ran, and its figures settle nothing: ``reason`` says what would."""


@dataclass(frozen=True)
class Measurement:
    """One figure beside its limit; values and limits share ``unit``."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    """The largest value that passes; None: information only."""

    @property
    def passed(self) -> bool:
        """Whether the figure keeps its limit."""
        return self.limit is None or self.value <= self.limit

    @property
    def margin(self) -> float | None:
        """How much of the limit is left, 0 to 1; negative when it is broken."""
        return None if not self.limit else (self.limit - self.value) / self.limit


@dataclass(frozen=True)
class Table:
    """Evidence as a table: rows of plain values, one per column."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | int | float | bool | None]]


@dataclass(kw_only=True)
class Check:
    """One question of the gate and its answer."""

    name: str
    """Stable and dotted: ``schema.squash.payments``."""
    title: str
    """The claim in one sentence."""
    properties: tuple[str, ...] = ()
    """The design document's properties it stands for: ``("Property 5",)``."""
    verdict: Verdict = Verdict.PASSED
    reason: str = ""
    """One line for anything but a pass: what, where, what to do."""
    detail: str = ""
    """What lies behind the reason (the assertion in full, the log's end)."""
    seconds: float = 0.0
    measurements: list[Measurement] = field(default_factory=list)
    samples: dict[str, list[float]] = field(default_factory=dict)
    """Series for pictures, in milliseconds: name -> one value per call."""
    differences: list[dict[str, Any]] = field(default_factory=list)
    """As in the command line's JSON: kind, object, change, attribute, left, right."""
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Result:
    """All checks of one run and where they were made."""

    provenance: Mapping[str, str]
    checks: list[Check] = field(default_factory=list)
    complete: bool = False
    """False while the run goes on and after a crash: such a result never passes."""

    @property
    def verdict(self) -> Verdict:
        """The run's verdict: the worst of its checks; no checks at all is an error."""
        if not self.checks or not self.complete:
            return Verdict.ERROR
        found = {check.verdict for check in self.checks}
        for verdict in (Verdict.ERROR, Verdict.FAILED, Verdict.INCONCLUSIVE):
            if verdict in found:
                return verdict
        return Verdict.PASSED

    def to_json(self) -> dict[str, Any]:
        """Give the content of ``verification.json``."""
        return {"format": FORMAT, "verdict": self.verdict.value, **asdict(self)}
