"""Sanitising device texts each time they are shown to a customer."""

from typing import Final

import nh3

TAGS: Final = {"a", "b", "br", "em", "i", "li", "ol", "p", "small", "span", "strong", "u", "ul"}
_SCHEMES: Final = {"http", "https"}
_ATTRIBUTES: Final = {"a": {"href"}}


def sanitised(text: str | None) -> str:
    """Return a device's HTML with a short list of tags and http/https links only; None becomes empty text."""
    if not text:
        return ""
    return nh3.clean(text, tags=TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES)


def web_address(url: object) -> str | None:
    """Return the URL if it is text that begins with http:// or https://, else None."""
    return url if isinstance(url, str) and url.lower().startswith(("http://", "https://")) else None
