"""What a fault is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SERVER = "coffee_payment/coffee_payment"
APP = "coffee_payment/payments"


@dataclass(frozen=True)
class Edit:
    """One replacement in one file of the project; without ``old`` the text ``new`` goes to the file's end."""

    file: str
    old: str
    new: str

    def apply(self, project: Path) -> None:
        """Make the edit. Raises ``LookupError`` if the file has not exactly one place for it."""
        file = project / self.file
        file.write_text(self.changed(file.read_text(encoding="utf-8")), encoding="utf-8")

    def changed(self, text: str) -> str:
        """Return the text after the edit. Raises ``LookupError`` as ``apply``."""
        if not self.old:
            return f"{text}{self.new}"
        if text.count(self.old) != 1:
            raise LookupError(f"{self.file} holds {text.count(self.old)} times {self.old!r}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Fault:
    """One fault, or one harmless change."""

    name: str
    edits: Sequence[Edit]
    caught_by: str
    """The check that must fail; empty: a harmless change."""
    select: str
    """Expression for ``-k``: the checks that are run."""


def fault(name: str, caught_by: str, *edits: Edit, select: str = "") -> Fault:
    """Return a fault; by default only the check that must see it is run."""
    return Fault(name, edits, caught_by, select or caught_by.partition(".")[2])


def harmless(name: str, select: str, *edits: Edit) -> Fault:
    """Return a harmless change, and the checks that could take it for a fault."""
    return Fault(name, edits, "", select)
