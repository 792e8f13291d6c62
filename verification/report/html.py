"""The result as one HTML page that needs no network."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from verification.report import plots
from verification.report.history import trends
from verification.report.result import Verdict
from verification.report.terminal import ORDER


def render(result: Mapping[str, Any], *, history: Path) -> str:
    """Draw the page from the content of ``verification.json`` alone, trends from the history file."""
    environment = Environment(
        loader=PackageLoader("verification.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    checks = sorted(result["checks"], key=lambda check: ORDER.index(Verdict(check["verdict"])))
    return environment.get_template("report.html.j2").render(
        result=result,
        checks=[_view(check) for check in checks],
        counts={verdict.value: sum(c["verdict"] == verdict for c in checks) for verdict in ORDER},
        trends={name: plots.trend([point.value for point in line]) for name, line in trends(history).items()},
    )


def _view(check: Mapping[str, Any]) -> dict[str, Any]:
    """Add to a check what is drawn from its own evidence: its picture and its margins."""
    limits = [figure["limit"] for figure in check["measurements"]
              if figure["unit"] == "ms" and figure["limit"] is not None]  # fmt: skip
    picture = plots.distribution(check["samples"], min(limits) if limits else None)
    figures = [
        {
            **figure,
            "margin": None if not figure["limit"] else (figure["limit"] - figure["value"]) / figure["limit"],
            "passed": figure["limit"] is None or figure["value"] <= figure["limit"],
        }
        for figure in check["measurements"]
    ]
    return {**check, "measurements": figures, "picture": picture}
