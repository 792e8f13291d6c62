"""How a release is judged, and what was found about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ..migrations.equivalence.upgrade import RowVolume
from ..migrations.execution.migration_runner import Databases, MigrationRunner, Step
from ..migrations.plan.chains import Key
from . import base_rows, old_tests, suppressions
from .dump import Dump
from .finding import Finding
from .tree import Tree

STEP_SECONDS: Final = 300.0
"""How long one migration may take, unless ``--limit`` says otherwise."""
PARTS: Final = frozenset(
    {"traffic", "deadlock", "compatibility", "tests", "way back", "interruption", "race"}
)
"""What is tried besides the plan and the cost."""
FEW_ROWS: Final = 50
"""Rows of the largest table where no time is measured."""
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a release is judged."""

    rows: RowVolume
    settings: str = ""
    python: str = ""
    base_python: str = ""
    """Empty: that of the working tree."""
    step_seconds: float = STEP_SECONDS
    dumps: Mapping[str, Dump] = field(default_factory=dict)
    """Alias -> the dump that takes the place of generated rows."""
    statistics: Mapping[str, str] = field(default_factory=dict)
    """Alias -> URL of the live database whose sizes and frequencies the rows get."""
    accepted: Sequence[suppressions.Suppression] = ()
    tests: old_tests.Command | None = None
    """The base's own tests."""


@dataclass
class Release:
    """What was found about one release."""

    base: str
    """The commit that runs in production."""
    postgres: str
    base_runs_on: str = ""
    """Django, Python and driver of the base."""
    head_runs_on: str = ""
    plan: list[Key] = field(default_factory=list)
    """The new migrations, in the order in which ``migrate`` applies them."""
    steps: list[Step] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What could not be tried, and why."""
    not_tried: str = ""
    """Why the new migrations did not run to their end, and nothing but their history and cost is known."""
    rows: int = 0
    seconds: float = 0.0

    @property
    def may_go_out(self) -> bool:
        """Whether nothing was found that stops it."""
        return not any(finding.stops for finding in self.findings)


@dataclass(frozen=True)
class Trees:
    """Both trees on one server."""

    base: MigrationRunner
    head: MigrationRunner
    base_files: Tree
    head_files: Tree


@dataclass(frozen=True)
class Bases:
    """Databases of the base, to be cloned."""

    empty: Databases
    filled: base_rows.Filled
    few: Databases
    """With few rows, where no time is measured."""
