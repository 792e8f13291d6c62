"""Variables that a POSIX shell script reads: ``$NAME``, ``${NAME}``, ``${NAME:-default}``."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .model import Read
from .named_files import display_name, read_text

_NAME: Final = r"[A-Z_][A-Z0-9_]*"
_NOT_EXPANDED: Final = re.compile(
    r"""(?P<single>'[^']*')          # nothing is expanded between single quotes
      | (?P<escaped>\\.)             # nor after a backslash
      | (?P<double>"(?:\\.|[^"\\])*")
      | (?P<comment>(?<![^\s;])\#[^\n]*)""",
    re.VERBOSE | re.DOTALL,
)
_EXPANSION: Final = re.compile(
    rf"\$(?:(?P<plain>{_NAME})|\{{#?(?P<name>{_NAME})(?:(?P<colon>:?)(?P<operator>[-=?+])(?P<word>[^}}]*))?[^}}]*\}})"
)
_ASSIGNED: Final = re.compile(
    rf"(?:^|[;&|\s])(?:export\s+|readonly\s+|local\s+)?(?P<name>{_NAME})=|\b(?:for|read(?:\s+-r)?)\s+(?P<loop>{_NAME})"
)
_SHELL: Final = frozenset(
    {"PATH", "HOME", "PWD", "OLDPWD", "USER", "SHELL", "IFS", "PPID", "UID", "HOSTNAME", "_"}
)
"""Variables that the shell or the system provides."""


def parse_shell(file: Path, *, root: Path | None = None) -> list[Read]:
    """Return the variables that a script reads from its environment, with their defaults.

    A name that the script assigns counts only if the assignment reads it (``X="${X:-1}"``).
    Raises ``CannotRun`` if the file cannot be read.
    """
    visible = _NOT_EXPANDED.sub(_blank, read_text(file, "fix environment_files in pyproject.toml"))
    assigned = {match["name"] or match["loop"] for match in _ASSIGNED.finditer(visible)}
    return list(_reads(visible, display_name(file, root), assigned - _fallbacks(visible)))


def _blank(match: re.Match[str]) -> str:
    """Replace what the shell does not expand by blanks, so that line numbers stay right."""
    if match["double"]:
        return re.sub(r"\\.", "  ", match["double"])
    return re.sub(r"[^\n]", " ", match[0])


def _fallbacks(text: str) -> set[str]:
    """Return the names that are assigned from themselves, with a default."""
    return {match[1] for match in re.finditer(rf"({_NAME})=\"?\$\{{\1:?[-=?]", text)} | {
        match[1] for match in re.finditer(rf":\s+\"?\$\{{({_NAME}):?=", text)
    }


def _reads(text: str, shown: str, local: set[str]) -> Iterator[Read]:
    seen: set[tuple[str, str | None]] = set()
    named: set[str] = set()
    for match in _EXPANSION.finditer(text):
        name = match["plain"] or match["name"]
        default = match["word"].strip("\"'") if match["operator"] in {"-", "="} else None
        if match["operator"] == "-" and not default:
            default = None  # ${NAME:-} only says that unset is no error
        repeated = (name, default) in seen or (default is None and name in named)
        if name in local or name in _SHELL or repeated:
            continue
        seen.add((name, default))
        named.add(name)
        yield Read(name, shown, text.count("\n", 0, match.start()) + 1, default)
