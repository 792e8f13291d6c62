"""Judge real releases by the deploy gate and write docs/deploy-releases.md: ``tox -e releases``.

    python -m tools.releases [payments] [NAME-OF-A-PACKAGE ...]     only these; the others are those of the last run

Exit status 1 if a finding has no remark, or a remark no finding.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from verification.postgres import providers
from verification.postgres.server import Server

from . import page, payments
from .history import HARNESS, Judged, judge
from .third_party import PACKAGES, Package

RESULTS: Final = HARNESS / "reports" / "releases"
"""Kept, so that a page can be written after one part has run again."""
PAYMENTS: Final = "payments"
ROWS: Final = {PAYMENTS: 30_000, **{package.name: 20_000 for package in PACKAGES}}


def main(wanted: Sequence[str]) -> int:
    """Run what is wanted, and return the exit status."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    with providers.start("embedded") as server:
        for name in wanted:
            with tempfile.TemporaryDirectory() as folder:
                _keep(
                    name,
                    _payments(Path(folder), server)
                    if name == PAYMENTS
                    else _package(name, Path(folder), server),
                )
    kept = {
        name: json.loads(_file(name).read_text(encoding="utf-8")) for name in ROWS if _file(name).exists()
    }
    wrong = page.write(kept)
    print("\n".join(wrong))
    return 1 if wrong else 0


def _payments(folder: Path, server: Server) -> Iterator[Judged]:
    return judge(folder, payments.releases(), server, rows=ROWS[PAYMENTS])


def _package(name: str, folder: Path, server: Server) -> Iterator[Judged]:
    package = next((each for each in PACKAGES if each.name == name), None)
    if package is None:
        sys.exit(f"{name}: no such part; there are {', '.join(ROWS)}")
    return _third_party(package, folder, server)


def _third_party(package: Package, folder: Path, server: Server) -> Iterator[Judged]:
    python = package.environment(folder / "environment")
    releases = package.releases(python, folder / "releases")
    repository = folder / "repository"
    repository.mkdir()
    return judge(repository, releases, server, rows=ROWS[package.name], python=str(python))


def _keep(name: str, found: Iterator[Judged]) -> None:
    releases = []
    for judged in found:
        releases.append(asdict(judged))
        result = {"rows": ROWS[name], "releases": releases}
        _file(name).write_text(json.dumps(result, indent=1), encoding="utf-8")


def _file(name: str) -> Path:
    return RESULTS / f"{name}.json"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [*ROWS]))
