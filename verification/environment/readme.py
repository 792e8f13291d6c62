"""The environment table of a README: ``Variable Name | Description | Default Value``."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..errors import CannotRun
from .model import Row
from .named_files import display_name, read_text

HEADER: Final = "Variable Name | Description | Default Value"
_NO_DEFAULT: Final = re.compile(
    r"|[—–-]+|[❌✗✘]|n\.?/?a\.?|none|null|undefined|unset|(is |not )set|no default"
    r"|(optional|required|mandatory|must be set)([ (:;,.!].*)?"
)
"""What a cell without a default says, in lower case."""
EMPTY: Final = frozenset({"empty", "empty string", "blank", '""', "''"})
COLUMNS: Final = {
    "variable": (
        "variable name",
        "variable",
        "variables",
        "environment variable",
        "environment variables",
        "environment variable name",
        "env variable",
        "env var",
        "env",
    ),
    "name": ("name", "key", "setting", "parameter", "option", "env name"),
    "description": (
        "description",
        "meaning",
        "purpose",
        "notes",
        "what it does",
        "explanation",
        "details",
        "comment",
    ),
    "default": ("default value", "default", "defaults", "default setting", "default if unset"),
    "secret": ("secret",),
}
"""Column -> the headers under which people write it, in lower case; ``name`` may head a table of another kind."""
_NAME: Final = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_NOTE: Final = re.compile(r"(?:\s+\(.*\)|\[\^\w+\]|(?<=\w)\*)$")
"""A note after a default that is no code: ``60 (seconds)``."""
_UNIT: Final = re.compile(
    r"(\d+(?:\.\d+)?)\s+(?:s|sec|seconds?|ms|milliseconds?|min|minutes?|hours?|days?|bytes)", re.IGNORECASE
)
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET: Final = re.compile(
    r"(?:\*\*|__|\*|_|\(|\[|`|^)secret\b(?:\*\*|__|\*|_|\)|\]|`|[.:,;!]|$)|🔒|🔑", re.IGNORECASE
)
"""The mark of a secret: ``**Secret**``, ``(secret)`` or ``Secret: ...``. The word within a sentence is none."""


@dataclass(frozen=True)
class _Cell:
    markdown: str
    text: str
    spans: tuple[str, ...]
    """The content of each of its code spans."""

    @property
    def code(self) -> str | None:
        """The code at its start, with commas if it is a list: what follows is a note. None: it starts otherwise."""
        if not self.spans or not self.text.startswith(self.spans[0]):
            return None
        listed = ", ".join(self.spans) == self.text or ",".join(self.spans) == self.text
        return ",".join(self.spans) if listed else self.spans[0]


def read(file: Path, *, root: Path | None = None) -> list[Row]:
    """Return the rows of every table with that header, in order.

    The category of a row is the nearest row above it that has only a first cell, or else the heading above
    its table. Raises ``CannotRun`` if the file cannot be read or has no such table.
    """
    text = read_text(file, "name the README with the environment table")
    rows, tables = parse(text, display_name(file, root))
    if not tables:
        raise CannotRun(
            f"{file}: has no environment table",
            f"add one with the header | {HEADER} |: env --table prints it",
        )
    return rows


def has_table(file: Path) -> bool:
    """Whether a file is there, and has such a table."""
    return file.is_file() and bool(parse(file.read_text(encoding="utf-8", errors="replace"))[1])


def parse(text: str, shown: str = "README.md") -> tuple[list[Row], int]:
    """Return the rows, and the number of environment tables."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    rows: list[Row] = []
    tables, heading, start = 0, "", 0
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = _plain(tokens[number + 1])
        elif token.type == "table_open":
            start = number
        elif token.type == "table_close":
            lines = list(_lines(tokens[start:number]))
            columns = _columns(lines)
            if columns:
                tables += "default" in columns
                rows.extend(_rows(lines[1:], columns, heading, shown))
    return rows, tables


def _lines(tokens: Sequence[Token]) -> Iterator[tuple[int, list[_Cell]]]:
    """Return the rows of a table: line in the file, cells."""
    cells: list[_Cell] = []
    line = 0
    for token in tokens:
        if token.type == "tr_open":
            cells, line = [], (token.map[0] if token.map else line) + 1
        elif token.type == "inline":
            cells.append(_Cell(token.content.strip(), _plain(token).strip(), _spans(token)))
        elif token.type == "tr_close":
            yield line, cells


def _plain(token: Token) -> str:
    children = token.children or []
    return "".join(
        "\n" if child.type in {"softbreak", "hardbreak"} else child.content
        for child in children
        if child.type in {"text", "code_inline", "softbreak", "hardbreak"}
    )


def _spans(token: Token) -> tuple[str, ...]:
    return tuple(child.content for child in token.children or [] if child.type == "code_inline")


def _columns(lines: Sequence[tuple[int, list[_Cell]]]) -> dict[str, int]:
    """Return column -> index of its cell; empty for a table of another kind.

    Under a header such as "Name" stand variables if all names are written in capitals, and so they do in a
    table without a column of defaults: that of the variables that must be set.
    """
    places: dict[str, int] = {}
    for number, cell in enumerate(lines[0][1]):
        header = " ".join(cell.text.lower().partition("(")[0].rstrip("?").split())
        for column, names in COLUMNS.items():
            if header in names:
                places.setdefault(column, number)
    named = places.pop("name", None)
    if "default" not in places:
        return places if "variable" in places and _all_variables(lines, places["variable"]) else {}
    if named is not None and "variable" not in places and _all_variables(lines, named):
        places["variable"] = named
    return places if "variable" in places else {}


def _all_variables(lines: Sequence[tuple[int, list[_Cell]]], column: int) -> bool:
    cells = [cells[column] for _, cells in lines[1:]]
    return bool(cells) and all(_NAME.fullmatch(cell.code or cell.text) for cell in cells)


def _rows(
    lines: Sequence[tuple[int, list[_Cell]]], columns: dict[str, int], heading: str, shown: str
) -> Iterator[Row]:
    category = heading
    for line, cells in lines:
        name = cells[columns["variable"]]
        if all(not cell.text for number, cell in enumerate(cells) if number != columns["variable"]):
            category = name.text
            continue
        description = cells[columns["description"]] if "description" in columns else _Cell("", "", ())
        default = cells[columns["default"]] if "default" in columns else _Cell("", "", ())
        marked = f"{name.markdown} {_SECRET.search(description.markdown) and '(secret)'} {default.markdown}"
        secret = bool(_SECRET.search(marked)) or _marked_in_column(cells, columns)
        # A cell with several names gives several rows, which the comparison reports as duplicates.
        written = " ".join(name.spans) or _NOTE.sub("", _SECRET.sub("", name.text))
        for variable in _VARIABLE.findall(written.removeprefix("export ")):
            required = "default" not in columns
            yield Row(variable, description.text, _default(default), secret, category, shown, line, required)


def _marked_in_column(cells: Sequence[_Cell], columns: dict[str, int]) -> bool:
    return "secret" in columns and cells[columns["secret"]].text.lower() in {
        "yes",
        "true",
        "secret",
        "x",
        "✓",
        "✔",
    }


def _default(cell: _Cell) -> str | None:
    text = cell.code
    if text is None:
        text = _NOTE.sub("", _SECRET.sub("", cell.text).strip()) or cell.text
        text = unit[1] if (unit := _UNIT.fullmatch(text)) else text
    word = text.lower().strip("()!").strip()
    if _NO_DEFAULT.fullmatch(word) or (cell.code is None and text.startswith(("—", "–"))):
        return None
    return "" if word in EMPTY else text
