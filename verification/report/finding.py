"""A finding: made once by a check, grouped to causes, and printed by every report."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from .rules import rule_of


class Level(StrEnum):
    """What a finding means for the deploy, in SARIF's words."""

    ERROR = "error"
    WARNING = "warning"
    """It settles nothing; the deploy may not go out on it."""
    NOTE = "note"
    """Worth knowing; it stops no deploy."""


@dataclass(frozen=True)
class Place:
    """A line of the project."""

    file: str
    """Relative to the project's root."""
    line: int = 0
    """From 1 on; 0: of no single one."""
    role: str = ""
    """What is there, where a finding has several places: ``squash``, ``original migrations``."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    @classmethod
    def of(cls, text: str, role: str = "") -> "Place":
        """Return the place that ``file:line`` names."""
        file, _, line = text.rpartition(":")
        return cls(file, int(line), role) if file and line.isdigit() else cls(text, 0, role)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong, or worth knowing: what, where, why it matters, what to do."""

    rule: str
    """Stable id: the name of the check, or of a kind of finding. Texts that a finding lacks are those of its rule."""
    message: str
    """What is wrong, in one line."""
    subject: str = ""
    """What it is about, ``variable:BASE_URL``: findings about one subject have one cause. Default: its rule's."""
    symptom_of: tuple[str, ...] = ()
    """Beginnings of subjects: a finding about one of them explains this one. Default: its rule's."""
    names: tuple[str, ...] = ()
    """Words that tell which of several such findings does."""
    places: tuple[Place, ...] = ()
    """The first is where to begin."""
    why: str = ""
    remedy: str = ""
    evidence: tuple[str, ...] = ()
    """What was measured or read, one fact each; never a secret."""
    level: Level = Level.ERROR

    def __post_init__(self) -> None:
        rule = rule_of(self.rule)
        for name in ("subject", "symptom_of", "why", "remedy"):
            object.__setattr__(self, name, getattr(self, name) or getattr(rule, name))

    @property
    def place(self) -> str:
        """``file:line`` of its first place; empty if none is known."""
        return str(self.places[0]) if self.places else ""


class Findable(Protocol):
    """What ``Check.expect_none`` takes besides findings and texts."""

    def to_finding(self) -> Finding:
        """Return it as the record that reports print."""
