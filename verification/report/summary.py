"""The result as Markdown, which GitHub shows as the summary of a job."""

from typing import Final

from .finding import Finding
from .result import WORST_FIRST
from .run import Result

CAUSES_SHOWN: Final = 20
_CELL: Final = str.maketrans({"|": "\\|", "\n": " ", "<": "&lt;", ">": "&gt;"})


def render(result: Result) -> str:
    """Return the verdict, the causes as a table, and how many checks there are of each verdict."""
    counts = ", ".join(
        f"{number} {verdict.value}"
        for verdict in WORST_FIRST
        if (number := sum(check.verdict is verdict for check in result.checks))
    )
    lines = [f"## verification: {result.headline}", "", counts or "no checks", ""]
    if result.reason:
        lines += [f"The run did not finish: {result.reason.translate(_CELL)}", ""]
    found = result.causes
    if found:
        lines += ["| what | where | what to do | checks |", "|---|---|---|---|"]
        lines += [_row(cause.finding, cause.checks) for cause in found[:CAUSES_SHOWN]]
        if len(found) > CAUSES_SHOWN:
            lines.append(f"| {len(found) - CAUSES_SHOWN} more | | | |")
    return "\n".join([*lines, ""])


def _row(finding: Finding, checks: list[str]) -> str:
    where = f"`{finding.place}`" if finding.place else ""
    cells = (finding.message, where, finding.remedy, ", ".join(checks))
    return f"| {' | '.join(cell.translate(_CELL) for cell in cells)} |"
