"""The result as one HTML page that needs no network."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from . import plots, timelines
from .history import trends
from .result import WORST_FIRST, Measurement, Timeline, Verdict


def render(result: Mapping[str, Any], *, history: Path) -> str:
    """Return the page for the content of ``verification.json``; trends come from the history file.

    Raises ``KeyError``, ``TypeError`` or ``ValueError`` for content of another shape.
    """
    checks = sorted(result["checks"], key=lambda check: WORST_FIRST.index(Verdict(check["verdict"])))
    return _template().render(
        result={"headline": result["verdict"], "partial": "", "reason": "", **result},
        checks=[_view(check) for check in checks],
        counts={verdict.value: sum(c["verdict"] == verdict for c in checks) for verdict in WORST_FIRST},
        trends={name: plots.trend([point.value for point in line]) for name, line in trends(history).items()},
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader(str(__package__)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def _view(check: Mapping[str, Any]) -> dict[str, Any]:
    """Return a check with what is drawn from its evidence: figures with margins, and a picture."""
    figures = [Measurement(**figure) for figure in check["measurements"]]
    limits = [figure.limit for figure in figures if figure.unit == "ms" and figure.limit is not None]
    picture = plots.distribution(check["samples"], min(limits) if limits else None)
    times = [timelines.draw(Timeline(**each)) for each in check.get("timelines", ())]
    return {**check, "measurements": figures, "picture": picture, "timelines": times}
