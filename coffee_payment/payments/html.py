"""Device texts on their way to a customer: sanitised each time they are shown."""

from typing import Final

import nh3

TAGS: Final = {"a", "b", "br", "em", "i", "li", "ol", "p", "small", "span", "strong", "u", "ul"}
_SCHEMES: Final = {"http", "https"}
_ATTRIBUTES: Final = {"a": {"href"}}


def sanitised(text: str | None) -> str:
    """Keep a short list of tags and http/https links of a device's HTML; None gives empty text."""
    if not text:
        return ""
    return nh3.clean(text, tags=TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES)


def web_address(url: str | None) -> str | None:
    """Give the URL back when a browser may open it (http or https), else None."""
    return url if url and url.lower().startswith(("http://", "https://")) else None
