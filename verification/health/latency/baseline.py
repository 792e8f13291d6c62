"""A baseline: the latency of an earlier run, in units of that run's reference, kept as a JSON file."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from verification.errors import CannotRun

FORMAT: Final = 1
NAME: Final = "health-latency.json"
"""What each run writes; keep it under another name as the next runs' baseline."""
AGAIN: Final = f"keep the {NAME} of a good run there, or leave health_baseline out of [tool.verification]"


def save(file: Path, metrics: Mapping[str, Sequence[float]]) -> None:
    """Write metric -> samples in units of the reference's median."""
    rounded = {name: [round(value, 4) for value in samples] for name, samples in metrics.items()}
    file.write_text(json.dumps({"format": FORMAT, "metrics": rounded}) + "\n", encoding="utf-8")


def load(file: Path, metric: str) -> list[float]:
    """Read one metric's samples; raises ``CannotRun`` when the file has none: that is never a pass."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CannotRun(f"{file}: no such baseline; {AGAIN}") from None
    except (OSError, ValueError) as error:
        raise CannotRun(f"{file}: not a baseline ({error}); {AGAIN}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CannotRun(f"{file}: not a baseline of format {FORMAT}; {AGAIN}")
    metrics = content.get("metrics", {})
    if metric not in metrics:
        raise CannotRun(f"{file}: has no metric {metric!r}, only {', '.join(sorted(metrics))}; {AGAIN}")
    if not metrics[metric]:
        raise CannotRun(f"{file}: no samples of {metric!r}; {AGAIN}")
    return [float(value) for value in metrics[metric]]
