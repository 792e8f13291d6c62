"""A baseline: the latency of an earlier run, in units of the reference of that run, as a JSON file."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ...errors import CannotRun

FORMAT: Final = 1
NAME: Final = "health-latency.json"
"""File that each run writes. Keep a copy under another name as the baseline of later runs."""
ADVICE: Final = f"copy the {NAME} of a good run there, or remove health_baseline from [tool.verification]"


def save(file: Path, metrics: Mapping[str, Sequence[float]]) -> None:
    """Write metric -> samples in units of the median of the reference."""
    rounded = {name: [round(value, 4) for value in samples] for name, samples in metrics.items()}
    file.write_text(json.dumps({"format": FORMAT, "metrics": rounded}) + "\n", encoding="utf-8")


def load(file: Path, metric: str) -> list[float]:
    """Return the samples of one metric. Raises ``CannotRun`` if the file has none."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CannotRun(f"{file}: no such baseline", ADVICE) from None
    except (OSError, ValueError) as error:
        raise CannotRun(f"{file}: not a baseline ({error})", ADVICE) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CannotRun(f"{file}: not a baseline of format {FORMAT}", ADVICE)
    metrics = content.get("metrics", {})
    if metric not in metrics:
        raise CannotRun(f"{file}: has no metric {metric!r}, only {', '.join(sorted(metrics))}", ADVICE)
    if not metrics[metric]:
        raise CannotRun(f"{file}: no samples of {metric!r}", ADVICE)
    return [float(value) for value in metrics[metric]]
