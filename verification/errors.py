"""The one error that ends a run: exit status 2, one line, no traceback."""


class CannotRun(Exception):  # noqa: N818 - reads as the sentence it prints
    """The harness could not do what was asked.

    ``reason`` says what is wrong and where, ``advice`` what to do about it; the user sees them as one
    line. Neither may hold a password or a URL with credentials.
    """

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(f"{reason}; {advice}" if advice else reason)
        self.reason = reason
        self.advice = advice
