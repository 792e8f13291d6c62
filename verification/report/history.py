"""One line for each run, from which the trend of each figure is drawn."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

NAME: Final = "history.jsonl"
COMPARABLE: Final = ("processor", "system", "python", "django", "postgresql")
"""What two runs have in common whose figures can be compared."""
RUNS_KEPT: Final = 200
"""Runs that are kept; older lines are dropped."""


@dataclass(frozen=True)
class Point:
    """One figure of one earlier run."""

    started: str
    commit: str
    verdict: str
    value: float


def append(path: Path, result: Mapping[str, Any]) -> None:
    """Add the run's verdicts and figures to the history."""
    line = {
        "started": result["provenance"].get("started", ""),
        "commit": result["provenance"].get("commit", "")[:12],
        "verdict": result["verdict"],
        "where": where(result["provenance"]),
        "figures": {
            f"{check['name']}/{figure['name']}": figure["value"]
            for check in result["checks"]
            for figure in check["measurements"]
        },
        "seconds": {check["name"]: round(check["seconds"], 3) for check in result["checks"]},
    }
    lines = [*_lines(path), json.dumps(line, ensure_ascii=False)][-RUNS_KEPT:]
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    temporary.replace(path)


def where(provenance: Mapping[str, str]) -> str:
    """Return what runs must have in common for their figures to be compared; the address of a server is none of it."""
    return "; ".join(str(provenance.get(name, "")).partition(" at ")[0] for name in COMPARABLE)


def trends(path: Path, provenance: Mapping[str, str]) -> dict[str, list[Point]]:
    """Return the values of each figure in comparable runs, oldest first, by ``check/figure``.

    Damaged lines are omitted, as are runs on other machines or versions than ``provenance`` says.
    """
    here = where(provenance)
    points: dict[str, list[Point]] = {}
    for text in _lines(path):
        try:
            line = json.loads(text)
            if line["where"] != here:
                continue
            for name, value in line["figures"].items():
                point = Point(line["started"], line["commit"], line["verdict"], float(value))
                if math.isfinite(point.value):
                    points.setdefault(name, []).append(point)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return points


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def seconds(path: Path, provenance: Mapping[str, str]) -> dict[str, float]:
    """Return how long each check took in the last comparable run that had it."""
    found: dict[str, float] = {}
    here = where(provenance)
    for text in _lines(path):
        try:
            line = json.loads(text)
            if line["where"] == here:
                found |= {name: float(value) for name, value in line["seconds"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return found
