"""Annotations that a CI service shows beside the change, for the checks that did not pass."""

from collections.abc import Iterator

from .result import Result, Verdict


def github(result: Result) -> Iterator[str]:
    """Return GitHub's workflow commands, one for each check that did not pass, one for a run that did not finish.

    https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
    """
    if result.reason:
        yield f"::error title=verification::{_escape(result.reason)}"
    for check in result.checks:
        if check.verdict not in {Verdict.PASSED, Verdict.NOT_APPLICABLE}:
            level = "warning" if check.verdict is Verdict.INCONCLUSIVE else "error"
            yield f"::{level} title={_escape(check.name, property=True)}::{_escape(check.reason)}"


def _escape(text: str, *, property: bool = False) -> str:  # noqa: A002 - the documentation's word
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property else text
