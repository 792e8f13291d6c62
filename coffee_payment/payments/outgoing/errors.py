"""What can go wrong between this server and the services it calls."""

from typing import Final

NOT_REACHED: Final = "not reached"
"""What the text of an error begins with when no request can have gone out."""


class ProviderError(Exception):
    """A call to another service returned no usable answer.

    The text is for the log; it holds no credentials and is never shown to a customer.
    """

    temporary = True
    """Whether the same call may succeed later."""

    def __init__(self, message: str, *, status: int | None = None, reached: bool = True) -> None:
        """Keep the text for the log, the HTTP status if there was one, and whether a request may have gone out."""
        super().__init__(message if reached else f"{NOT_REACHED}: {message}")
        self.status = status
        self.reached = reached

    @property
    def may_have_acted(self) -> bool:
        """Whether the service may have done what it was asked for: it got the request and did not refuse it."""
        return self.reached


class ProviderTimeout(ProviderError):  # noqa: N818 - the design's name
    """No complete answer within the time limit."""


class ProviderUnavailable(ProviderError):  # noqa: N818 - the design's name
    """The network failed, or the service cannot answer now (429, 5xx)."""


class ProviderBadAnswer(ProviderError):  # noqa: N818 - the design's name
    """The answer cannot be read, or lacks what the protocol promises."""


class ProviderRejected(ProviderError):  # noqa: N818 - the design's name
    """The service refused the request (other 4xx, or a refusal in its API's own form)."""

    temporary = False
    may_have_acted = False


class CredentialsMissing(ProviderError):  # noqa: N818 - the design's name
    """The merchant has no credentials for this scenario, or they lack a required key."""

    temporary = False
    may_have_acted = False
