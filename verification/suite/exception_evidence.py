"""What a report shows of an exception: the project's own frames and captured output, never the harness's frames."""

import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from ..report.finding import Place

HARNESS: Final = Path(__file__).parents[1]
_INSTALLED: Final = ("site-packages", "dist-packages", ".venv", ".tox")
_OUTPUT_LENGTH: Final = 20_000
"""Characters of captured output that are kept: its end."""


def own_frames(failure: BaseException | None, root: Path) -> Sequence[traceback.FrameSummary]:
    """Return the frames of the project's files, outermost first."""
    frames = traceback.extract_tb(failure.__traceback__) if failure else ()
    return [frame for frame in frames if _is_own(Path(frame.filename), root)]


def innermost(frames: Sequence[traceback.FrameSummary], root: Path) -> tuple[Place, ...]:
    """Return the innermost frame as a place; nothing if there is none."""
    return tuple(
        Place(Path(frame.filename).resolve().relative_to(root.resolve()).as_posix(), frame.lineno or 0)
        for frame in frames[-1:]
    )


def evidence_of(
    failure: BaseException | None, frames: Sequence[traceback.FrameSummary], report: pytest.TestReport
) -> str:
    """Return the project's traceback and what pytest has captured; empty if there is neither."""
    parts = []
    if failure is not None and frames:
        said = traceback.format_exception_only(failure)
        parts.append("".join(["Traceback of the project:\n", *traceback.format_list(frames), *said]))
    parts += [f"{title}:\n{text[-_OUTPUT_LENGTH:]}" for title, text in report.sections if text.strip()]
    return "\n".join(parts)


def _is_own(file: Path, root: Path) -> bool:
    file = file.resolve()
    return (
        file.is_relative_to(root.resolve())
        and not file.is_relative_to(HARNESS)
        and not set(_INSTALLED).intersection(file.parts)
    )
