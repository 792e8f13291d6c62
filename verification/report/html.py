"""The result as one HTML page that needs no network."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from ..words import figure, unit_of
from .evidence import Measurement, MigrationStep, MigrationTimeline, Timeline
from .finding import Level
from .history import trends
from .pictures import latency, load, migrations
from .result import STOPPING, WORST_FIRST, Verdict
from .rules import STOPS_TRAFFIC

CARDS: Final = 12
"""Causes that are cards; the rest is a table."""
ROWS: Final = 60
"""Rows of a table that are in the page as they are; a script shows and filters the rest."""
CHARACTERS: Final = 2_200_000
"""Of the further rows of all tables together: what is beyond them is in the result file alone."""
CHARACTERS_OF_CAUSES: Final = 400_000
ON_PAPER: Final = 25
"""Rows of a long table that are printed."""
CELL: Final = 120
"""Characters of a cell in a long table; the result file has the whole text."""


def render(result: Mapping[str, Any], *, history: Path) -> str:
    """Return the page for the content of ``verification.json``; trends come from the history file.

    Raises ``KeyError``, ``TypeError`` or ``ValueError`` for content of another shape.
    """
    checks = sorted(result["checks"], key=lambda check: WORST_FIRST.index(Verdict(check["verdict"])))
    more_causes = _long(
        ("what", "where", "checks"),
        [
            (cause["message"], cause["place"], ", ".join(cause["checks"]))
            for cause in result["causes"][CARDS:]
        ],
        _Room(CHARACTERS_OF_CAUSES),
    )
    room = _Room(CHARACTERS)
    views = [_view(check, room) for check in checks]
    return _template().render(
        result={"headline": result["verdict"], "partial": "", "reason": "", **result},
        stopping=[view for view in views if view["stops"]],
        others=[view for view in views if not view["stops"]],
        counts={verdict.value: sum(c["verdict"] == verdict for c in checks) for verdict in WORST_FIRST},
        cards=[_card(cause, checks) for cause in result["causes"][:CARDS]],
        more_causes=more_causes,
        traffic=[
            *{
                finding["message"]: finding
                for check in checks
                for finding in check["findings"]
                if finding["rule"] in STOPS_TRAFFIC and finding["level"] == Level.NOTE
            }.values()
        ],
        trends=_trends(checks, history, result["provenance"]),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["on_paper"] = ON_PAPER
    environment.filters |= {"breakable": _breakable, "figure": figure, "unit": unit_of}
    return environment.get_template("report.html.j2")


def _breakable(text: str) -> Markup:
    """Return a text whose paths and names a narrow column breaks between their words."""
    return Markup(re.sub(r"(?<=[/_])(?=\w)|(?<=\.)(?=\w{4})", "<wbr>", str(escape(text))))  # noqa: S704 - it was escaped


def _card(cause: Mapping[str, Any], checks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a cause with the finding that names it best, and what each check says of it."""
    found = {
        (finding["rule"], finding["message"]): finding for check in checks for finding in check["findings"]
    }
    return {**cause, "finding": found[cause["rule"], cause["message"]]}


def _trends(
    checks: Sequence[Mapping[str, Any]], history: Path, provenance: Mapping[str, str]
) -> dict[str, Markup]:
    units = {
        f"{check['name']}/{each['name']}": each["unit"] for check in checks for each in check["measurements"]
    }
    lines = trends(history, provenance).items()
    return {name: latency.trend([point.value for point in line], units.get(name, "")) for name, line in lines}


def _view(check: Mapping[str, Any], room: "_Room") -> dict[str, Any]:
    """Return a check with what is drawn from its evidence: figures with margins, pictures, long tables."""
    figures = [Measurement(**figure) for figure in check["measurements"]]
    limits = [figure.limit for figure in figures if figure.unit == "ms" and figure.limit is not None]
    pictures = [latency.distribution(check["samples"], min(limits) if limits else None)]
    pictures += [load.draw(Timeline(**each)) for each in check["timelines"]]
    for each in check["migrations"]:
        steps = [MigrationStep(**step) for step in each["steps"]]
        pictures.append(migrations.draw(MigrationTimeline(each["title"], steps)))
    return {
        **check,
        "stops": Verdict(check["verdict"]) in STOPPING,
        "measurements": figures,
        "pictures": [picture for picture in pictures if picture],
        "findings": [finding for finding in check["findings"] if finding["level"] != Level.NOTE],
        "differences": _long(
            ("change", "kind", "object", "attribute", *check["sides"]),
            [[each[name] for name in ("change", "kind", "object", "attribute", "left", "right")]
             for each in check["differences"]],
            room,
        ),
        "tables": [
            {"title": each["title"], "rows": _long(each["columns"], each["rows"], room)}
            for each in check["tables"]
        ],
    }  # fmt: skip


@dataclass
class _Room:
    """Characters that the page has left for further rows."""

    left: int


def _long(columns: Sequence[str], rows: Sequence[Sequence[Any]], room: _Room) -> dict[str, Any]:
    """Return a table of which a script shows what is beyond the first rows; the data is empty if there is no more."""
    rest: list[list[str]] = []
    for row in rows[ROWS:]:
        cells = [_cell(value) for value in row]
        room.left -= sum(map(len, cells)) + 3 * len(cells)
        if room.left < 0:
            break
        rest.append(cells)
    data = json.dumps(rest, ensure_ascii=False, separators=(",", ":")) if rest else ""
    return {
        "columns": columns,
        "rows": [[_cell(value, 2_000) for value in row] for row in rows[:ROWS]],
        "count": len(rows),
        "omitted": max(0, len(rows) - ROWS - len(rest)),
        # In a script element nothing is escaped; "</" would end it.
        "data": Markup(data.replace("<", "\\u003c")),  # noqa: S704
    }


def _cell(value: Any, longest: int = CELL) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= longest else f"{text[:longest]}…"
