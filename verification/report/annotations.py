"""What did not pass, as annotations that a CI service shows beside the change."""

from collections.abc import Iterator

from verification.report.result import Result, Verdict


def github(result: Result) -> Iterator[str]:
    """Give GitHub's workflow commands, one a check that did not pass.

    Source: GitHub Actions, "Workflow commands", setting an error message.
    """
    for check in result.checks:
        if check.verdict is not Verdict.PASSED:
            level = "warning" if check.verdict is Verdict.INCONCLUSIVE else "error"
            yield f"::{level} title={_escape(check.name, property=True)}::{_escape(check.reason)}"


def _escape(text: str, *, property: bool = False) -> str:  # noqa: A002 - the documentation's word
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property else text
