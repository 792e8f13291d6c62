"""The one error that ends a run: exit status 2, one line, no traceback."""


class CannotRun(Exception):  # noqa: N818 - reads as the sentence it prints
    """The harness could not do what was asked.

    The message is the one line that the user sees: what is wrong, where, and what to do.
    It must never hold a password or a URL with credentials.
    """
