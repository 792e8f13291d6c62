"""The result of a run: its checks, its verdict, and the causes of what did not pass."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from .causes import Cause, Symptom, causes
from .result import STOPPING, WORST_FIRST, Check, Verdict
from .samples import thinned

FORMAT: Final = 2
"""Version of the JSON layout, described by ``result.schema.json``; readers refuse any other."""


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

    @property
    def causes(self) -> list[Cause]:
        """What is to be fixed, each cause once, with the findings of all checks that tell of it."""
        stopping = [check for check in self.checks if check.verdict in STOPPING]
        return causes(Symptom(check.name, finding) for check in stopping for finding in check.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the content of ``verification.json``, as ``result.schema.json`` describes it."""
        return {
            "format": FORMAT,
            "verdict": self.verdict.value,
            "headline": self.headline,
            "partial": self.partial,
            "causes": [cause.to_json() for cause in self.causes],
            **asdict(replace(self, checks=[])),
            "checks": [
                {
                    **asdict(replace(check, samples={})),
                    "samples": {name: thinned(values) for name, values in check.samples.items()},
                }
                for check in self.checks
            ],
        }
