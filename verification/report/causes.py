"""Causes: the findings of all checks, those of one cause together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .finding import Finding, Level


@dataclass(frozen=True)
class Symptom:
    """A finding, and the check that made it."""

    check: str
    finding: Finding


@dataclass
class Cause:
    """What is to be fixed once, and every check that told of it."""

    symptoms: list[Symptom] = field(default_factory=list)

    @property
    def finding(self) -> Finding:
        """The finding that names the cause best: one that is no symptom of others, and knows its place."""
        found = [symptom.finding for symptom in self.symptoms]
        return min(found, key=lambda each: (bool(each.symptom_of), not each.places))

    @property
    def checks(self) -> list[str]:
        """The checks that tell of it, each once."""
        return list(dict.fromkeys(symptom.check for symptom in self.symptoms))

    def to_json(self) -> dict[str, Any]:
        """Return the entry of ``causes`` in the result file: positions of findings, not the findings again."""
        finding = self.finding
        return {
            "rule": finding.rule,
            "message": finding.message,
            "level": finding.level.value,
            "place": finding.place,
            "checks": self.checks,
        }


def causes(symptoms: Iterable[Symptom]) -> list[Cause]:
    """Group findings that are more than notes: by subject, then each symptom to the cause that explains it."""
    relevant = [symptom for symptom in symptoms if symptom.finding.level is not Level.NOTE]
    groups: dict[str, Cause] = {}
    for symptom in relevant:
        if not symptom.finding.symptom_of:
            groups.setdefault(_key(symptom.finding), Cause()).symptoms.append(symptom)
    named = list(groups.items())
    for symptom in relevant:
        if symptom.finding.symptom_of:
            key = _key(symptom.finding)
            explained = None if key in groups else _explaining(symptom.finding, named)
            (explained or groups.setdefault(key, Cause())).symptoms.append(symptom)
    return sorted(groups.values(), key=lambda cause: cause.finding.level is not Level.ERROR)


def _key(finding: Finding) -> str:
    return finding.subject or f"{finding.rule}: {finding.message}"


def _explaining(finding: Finding, named: Sequence[tuple[str, Cause]]) -> Cause | None:
    """Return the cause that explains a symptom: one that shares a name with it; any if it has no names."""
    candidates = [cause for key, cause in named if key.startswith(finding.symptom_of)]
    names = set(finding.names)
    sharing = [
        cause
        for cause in candidates
        if any(names.intersection(symptom.finding.names) for symptom in cause.symptoms)
    ]
    return next(iter(sharing if names else candidates), None)
