"""Keep secrets out of reports: passwords that the run knows, and credentials in any URL."""

import re
from collections.abc import Iterable
from typing import Final

MASK: Final = "***"
SHORTEST_SECRET: Final = 6
"""A shorter value is left as it is: replacing it would damage ordinary words."""
_URL_CREDENTIALS: Final = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s'\"]+@", re.IGNORECASE)
"""Up to the last ``@``: a password may hold one, and a slash, although a URL should not."""
_KEYWORD_PASSWORD: Final = re.compile(r"(?P<keyword>\bpassword=)('[^']*'|[^\s&'\"]+)")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without the secrets, and without the credentials of URLs and DSNs in it."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, MASK)
    text = _URL_CREDENTIALS.sub(rf"\g<scheme>{MASK}@", text)
    return _KEYWORD_PASSWORD.sub(rf"\g<keyword>{MASK}", text)
