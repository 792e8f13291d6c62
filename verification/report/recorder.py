"""Keeps the result of a run while it goes on, on disk after every check."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from verification.report.history import NAME
from verification.report.html import render
from verification.report.redaction import redact
from verification.report.result import Check, Result

JSON_NAME: Final = "verification.json"
HTML_NAME: Final = "verification.html"


class Recorder:
    """Collects checks and writes both reports anew after each, so that a crash loses nothing."""

    def __init__(
        self, directory: Path, provenance: Mapping[str, str], secrets: Callable[[], Iterable[str]] = tuple
    ) -> None:
        self.directory = directory
        self.secrets = secrets
        self.result = Result(provenance=provenance)

    def add(self, check: Check) -> None:
        """Take one finished check."""
        self.result.checks.append(check)
        self.write()

    def finish(self) -> None:
        """Close the run: from here on its verdict counts."""
        self.result.complete = True
        self.write()

    def write(self) -> None:
        """Write both files, each in one step: a reader never sees half of one."""
        text = json.dumps(self.result.to_json(), indent=1, ensure_ascii=False, default=str)
        text = redact(text, self.secrets())
        _replace(self.directory / JSON_NAME, text)
        _replace(self.directory / HTML_NAME, render(json.loads(text), history=self.directory / NAME))


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
