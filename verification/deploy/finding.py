"""What the deploy gate finds: one record for one cause."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from ..report.finding import Finding as Record
from ..report.finding import Level, Place

FAMILIES: Final = {
    "cost": (
        "table-rewritten",
        "scanned-under-lock",
        "index-built-under-lock",
        "lock-held-while-working",
        "other-table-locked",
        "unbatched-backfill",
        "fails-on-rows",
        "rows-lost",
    ),
    "traffic": ("reads-blocked", "writes-blocked", "waits-without-lock-timeout", "deadlock"),
    "compatibility": (
        "old-code-breaks",
        "new-code-breaks",
        "new-code-needs-migration",
        "release-must-be-split",
    ),
    "recovery": ("not-reversible", "reverse-differs", "not-retry-safe", "invalid-index-left"),
    "concurrency": ("migrators-race",),
    "history": ("applied-migration-edited", "applied-migration-deleted", "several-leaf-nodes"),
    "suppressions": ("suppression-unused", "suppression-expired"),
}
"""Family -> its codes."""
CODES: Final = tuple(code for codes in FAMILIES.values() for code in codes)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One cause, with what was measured."""

    code: str
    migration: str
    """``app.name``."""
    effect: str
    """What happens to users of the system, in one sentence."""
    evidence: tuple[str, ...]
    """What was measured, one fact a line; never the value of a row."""
    remedy: str
    """The safe form, in Django's operations."""
    table: str = ""
    """Qualified."""
    also: tuple[str, ...] = ()
    """Other tables that the same cause locks."""
    statement: str = ""
    file: str = ""
    """Relative to the project's root."""
    line: int = 0
    """Of the operation in the file; 0: of no single one."""
    blocked_ms: float = 0.0
    """How long others could not read or write the table; 0 where that is not the effect."""
    notice: bool = False
    """Whether it is worth knowing and does not stop the deploy."""
    above_limit: bool = field(default=True)
    """Whether the blocked time is above the limit at these rows; without one it grows into it with the rows."""

    accepted: str = ""
    """Until when and why the team has accepted it; empty: it has not."""

    @property
    def stops(self) -> bool:
        """Whether it stops the deploy."""
        return not (self.notice or self.accepted)

    @property
    def place(self) -> str:
        """Return file and line as editors read them."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def to_json(self) -> dict[str, Any]:
        """Return it for a report."""
        return asdict(self)

    def to_finding(self) -> Record:
        """Return the record that the gate's reports print."""
        what = f"{self.migration}: {self.code.replace('-', ' ')}" + (f" ({self.table})" if self.table else "")
        return Record(
            rule=f"deploy.{self.code}",
            message=what,
            subject=f"deploy:{self.code}:{self.migration}:{self.table}:{self.line}",
            places=(Place(self.file, self.line),) if self.file else (),
            why=self.effect,
            remedy=self.remedy,
            evidence=tuple(
                filter(None, (self.accepted and f"accepted {self.accepted}", self.statement, *self.evidence))
            ),
            level=Level.ERROR if self.stops else Level.NOTE,
        )
