"""What can go wrong between this server and the services it calls."""


class ProviderError(Exception):
    """A call to an outside service did not give an answer to act on.

    The text is for the log; it holds no credentials and is never shown to a customer.
    """

    temporary = True
    """Whether the same call may succeed later."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        """Keep the text for the log, and the HTTP status if there was one."""
        super().__init__(message)
        self.status = status


class ProviderTimeout(ProviderError):  # noqa: N818 - the design's name
    """No whole answer within the time allowed."""


class ProviderUnavailable(ProviderError):  # noqa: N818 - the design's name
    """The network failed, or the service says that it cannot answer now (429, 5xx)."""


class ProviderBadAnswer(ProviderError):  # noqa: N818 - the design's name
    """An answer came, but it cannot be read or does not hold what the protocol promises."""


class ProviderRejected(ProviderError):  # noqa: N818 - the design's name
    """The service understood and said no (other 4xx, or its API's own refusal)."""

    temporary = False


class CredentialsMissing(ProviderError):  # noqa: N818 - the design's name
    """The merchant has no credentials for this scenario, or they lack a required key."""

    temporary = False
