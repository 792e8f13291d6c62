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
NO_DEFAULT: Final = frozenset(
    {
        "",
        "—",
        "–",
        "-",
        "--",
        "none",
        "no default",
        "required",
        "n/a",
        "null",
        "unset",
        "not set",
        "mandatory",
    }
)
EMPTY: Final = frozenset({"empty", "empty string", "blank", '""', "''"})
COLUMNS: Final = {
    "variable": ("variable name", "variable", "variables", "environment variable", "env variable", "env var"),
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
    "default": ("default value", "default", "defaults"),
    "secret": ("secret",),
}
"""Column -> the headers under which people write it, in lower case."""
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
        """The text of its code spans joined; None: it has none."""
        return "".join(self.spans) if self.spans else None


def read(file: Path, *, root: Path | None = None) -> list[Row]:
    """Return the rows of every table with that header, in order.

    The category of a row is the nearest row above it that has only a first cell, or else the heading above
    its table. Raises ``CannotRun`` if the file cannot be read or has no such table.
    """
    text = read_text(file, "name the README with the environment table")
    rows, tables = parse(text, display_name(file, root))
    if not tables:
        raise CannotRun(f"{file}: has no environment table", f"add one with the header | {HEADER} |")
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
            columns = _columns(lines[0][1])
            if columns:
                tables += 1
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


def _columns(cells: Sequence[_Cell]) -> dict[str, int]:
    """Return column -> index of its cell; empty for a table of another kind."""
    places: dict[str, int] = {}
    for number, cell in enumerate(cells):
        header = " ".join(cell.text.lower().split())
        for column, names in COLUMNS.items():
            if header in names:
                places.setdefault(column, number)
    return places if {"variable", "default"} <= set(places) else {}


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
        default = cells[columns["default"]]
        marked = f"{name.markdown} {_SECRET.search(description.markdown) and '(secret)'} {default.markdown}"
        secret = bool(_SECRET.search(marked)) or _marked_in_column(cells, columns)
        # A cell with several names gives several rows, which the comparison reports as duplicates.
        for variable in _VARIABLE.findall(" ".join(name.spans) or _SECRET.sub("", name.text)):
            yield Row(variable, description.text, _default(default), secret, category, shown, line)


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
    text = cell.code if cell.code is not None else _SECRET.sub("", cell.text).strip()
    word = text.lower().strip("()").strip()
    if word in NO_DEFAULT or (cell.code is None and text.startswith(("—", "–"))):
        return None
    return "" if word in EMPTY else text
