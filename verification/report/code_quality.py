"""The causes as a report of code quality, which GitLab shows in merge requests.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import json
from typing import Final

from .finding import Level, Place
from .run import Result
from .sarif import fingerprint

NAME: Final = "code-quality.json"
_SEVERITY: Final = {Level.ERROR: "critical", Level.WARNING: "major", Level.NOTE: "info"}
_NOWHERE: Final = Place("pyproject.toml", 1)
"""GitLab shows nothing without a path and a line."""


def render(result: Result) -> str:
    """Return one entry for each cause, one for a run that did not finish."""
    entries = [
        {
            "description": cause.finding.message,
            "check_name": cause.finding.rule,
            "fingerprint": fingerprint(cause),
            "severity": _SEVERITY[cause.finding.level],
            "location": _location(cause.finding.places),
        }
        for cause in result.causes
    ]
    if result.reason:
        entries.append(
            {
                "description": f"the run did not finish: {result.reason}",
                "check_name": "run",
                "fingerprint": "run",
                "severity": "blocker",
                "location": _location(()),
            }
        )
    return json.dumps(entries, indent=1, ensure_ascii=False)


def _location(places: tuple[Place, ...]) -> dict[str, object]:
    place = next(iter(places), _NOWHERE)
    return {"path": place.file, "lines": {"begin": max(place.line, 1)}}
