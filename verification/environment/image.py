"""Variables that a Dockerfile sets in the image that it builds: ``ENV`` of its last stage and of those below it."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .named_files import read_text

_STAGE: Final = re.compile(r"FROM\s+(?:--\S+\s+)*(?P<base>\S+)(?:\s+AS\s+(?P<name>\S+))?\s*$", re.IGNORECASE)
_ENV: Final = re.compile(r"ENV\s+(?P<pairs>.+)$", re.IGNORECASE | re.DOTALL)
OF_TOOLS: Final = re.compile(
    r"(?:PIP|UV|POETRY|LD|MALLOC|SSL_CERT)_[A-Z_]+|DEBIAN_FRONTEND|VIRTUAL_ENV|WEB_CONCURRENCY|GUNICORN_CMD_ARGS"
    r"|PROMETHEUS_MULTIPROC_DIR"
)
"""Variables that programs and libraries in the image read themselves."""
Variable = tuple[str, str | None, str]
"""Name; value, None if it depends on the build; place."""


def image_variables(file: Path) -> list[Variable]:
    """Return the variables. Raises ``CannotRun`` if the file cannot be read."""
    stages: dict[str, list[Variable]] = {}
    current: list[Variable] = []
    for number, line in _instructions(read_text(file, "fix the Dockerfile")):
        if match := _STAGE.match(line):
            current = list(stages.get(match["base"].lower(), ()))
            if match["name"]:
                stages[match["name"].lower()] = current
        elif match := _ENV.match(line):
            current += [
                (name, value, f"{file.name}:{number}")
                for name, value in _pairs(match["pairs"])
                if not OF_TOOLS.fullmatch(name)
            ]
    return current


def _instructions(text: str) -> Iterator[tuple[int, str]]:
    """Return the line and the text of each instruction: continued lines are joined, comments left out."""
    start = 0
    parts: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or (not line.strip() and not parts):
            continue
        start = start if parts else number
        continued = line.rstrip().endswith("\\")
        parts.append(line.rstrip().removesuffix("\\").strip())
        if not continued:
            yield start, " ".join(parts)
            parts = []
    if parts:
        yield start, " ".join(parts)


def _pairs(text: str) -> Iterator[tuple[str, str | None]]:
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    if words and "=" not in words[0]:  # the old form: ENV NAME any value
        words = [f"{words[0]}={' '.join(words[1:])}"]
    for word in words:
        name, _, value = word.partition("=")
        yield name, None if "$" in value else value
