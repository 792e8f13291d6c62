"""The payments app's own migrations, each judged as if it were the new one."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from .history import HARNESS, Write, copied

APP: Final = HARNESS / "coffee_payment" / "payments"
PROJECT: Final = Path(__file__).with_name("payments_project")
LAST: Final = 26
"""Those that the squash replaces; the later ones were judged by the gate before they went out."""
SHARED: Final = ("__init__.py", "fields.py", "migrations/__init__.py", "migrations/_steps.py")


def releases() -> list[tuple[str, Write]]:
    """Return one release for each migration, after one that has none."""
    found: list[tuple[str, Write]] = [("none", partial(_write, migration=None))]
    found += [(path.stem, partial(_write, migration=path)) for path in _migrations()]
    return found


def _migrations() -> Iterator[Path]:
    for path in sorted((APP / "migrations").glob("0*.py")):
        if "squashed" not in path.name and int(path.name[:4]) <= LAST:
            yield path


def _write(folder: Path, migration: Path | None) -> None:
    for name in SHARED:
        copied(APP / name, folder / "payments" / name)
    copied(PROJECT / "settings.py", folder / "settings.py")
    copied(PROJECT / "models.py", folder / "payments" / "models.py")
    if migration is not None:
        copied(migration, folder / "payments/migrations" / migration.name)
    (folder / "pyproject.toml").write_text(f"[tool.verification.rows]\n{_ratios()}", encoding="utf-8")


def _ratios() -> str:
    """Return the project's own proportions."""
    text = (HARNESS / "pyproject.toml").read_text(encoding="utf-8")
    return text.partition("[tool.verification.rows]\n")[2].partition("\n\n")[0]
