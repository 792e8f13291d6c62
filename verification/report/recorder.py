"""Writes the result of a run, after every check and at its end."""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from . import code_quality, history, junit, sarif
from .redaction import redact
from .result import Check
from .run import Result

JSON_NAME: Final = "verification.json"
HTML_NAME: Final = "verification.html"
NAMES: Final = (JSON_NAME, HTML_NAME, junit.NAME, sarif.NAME, code_quality.NAME)
"""The files of a report."""


class Recorder:
    """Collects checks and writes all reports again after each, so that a crash loses nothing.

    ``secrets`` returns what no report may show; it is asked at each writing.
    """

    def __init__(
        self, directory: Path, provenance: Mapping[str, str], secrets: Callable[[], Iterable[str]] = tuple
    ) -> None:
        self.directory = directory
        self.secrets = secrets
        self.result = Result(provenance=provenance)

    def add(self, check: Check) -> None:
        """Add a finished check."""
        self.result.checks.append(check)
        self.write()

    def finish(self, *, complete: bool, reason: str = "") -> None:
        """End the run: write its reports and add it to the history. ``reason`` says why it is not complete."""
        self.result.complete = complete
        self.result.reason = reason
        history.append(self.directory / history.NAME, self.result.to_json())
        self.write()

    def write(self) -> None:
        """Write each report in one step: a reader never sees half of one."""
        from . import html

        secrets = list(self.secrets())
        content = _finite(self.result.to_json())
        text = redact(json.dumps(content, indent=1, ensure_ascii=False, default=str), secrets)
        write_file(self.directory / JSON_NAME, text)
        page = html.render(json.loads(text), history=self.directory / history.NAME)
        write_file(self.directory / HTML_NAME, page)
        for printed in (junit, sarif, code_quality):
            write_file(self.directory / printed.NAME, redact(printed.render(self.result), secrets))


def _finite(content: Any) -> Any:
    """Return plain data in which ``nan`` and ``inf`` are text, since JSON has no such numbers."""
    if isinstance(content, dict):
        return {name: _finite(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return str(content) if isinstance(content, float) and not math.isfinite(content) else content


def write_file(path: Path, text: str) -> None:
    """Replace a file in one step."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
