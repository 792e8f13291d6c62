"""Annotations that GitHub shows beside the line of the change."""

from collections.abc import Iterator

from .finding import Finding, Level
from .run import Result


def github(result: Result) -> Iterator[str]:
    """Return workflow commands, one for each cause, one for a run that did not finish.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
    """
    if result.reason:
        yield f"::error title=verification::{_escape(result.reason)}"
    for cause in result.causes:
        finding = cause.finding
        level = "warning" if finding.level is Level.WARNING else "error"
        text = "\n".join(filter(None, (finding.message, finding.remedy)))
        yield f"::{level} {_properties(finding)}::{_escape(text)}"


def _properties(finding: Finding) -> str:
    properties = {"title": finding.rule}
    if finding.places:
        first = finding.places[0]
        properties = {"file": first.file, **({"line": str(first.line)} if first.line else {}), **properties}
    return ",".join(f"{name}={_escape(value, property=True)}" for name, value in properties.items())


def _escape(text: str, *, property: bool = False) -> str:  # noqa: A002 - the documentation's word
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property else text
