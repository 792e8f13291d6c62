"""Hypothesis strategies for health check requests (Property 1 holds "for any health check request")."""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

FRAMING: Final = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        # A server may refuse these if they contradict each other; REACTIVE_HEADERS has one of them.
        "x-forwarded-proto",
        "x-forwarded-protocol",
        "x-forwarded-ssl",
    }
)
"""Headers that define how the message is parsed; with wrong values it is not a request (RFC 9112)."""
HOSTS: Final = (
    "10.244.3.17:8000",
    "[fd00::17]:8000",
    "169.254.1.1",
    "health.svc.cluster.local",
    "evil.example",
    "xn--80ak6aa92e.example:65535",
    "localhost",
)
REACTIVE_HEADERS: Final[tuple[tuple[str, str], ...]] = (
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "evil.example"),
    ("Cookie", "sessionid=0123456789abcdef; csrftoken=x"),
    ("Authorization", "Bearer 0"),
    ("Accept", "text/html"),
    ("Accept-Language", "ru,en;q=0.5"),
    ("If-None-Match", '"0"'),
    ("If-Modified-Since", "Sat, 29 Oct 1994 19:43:31 GMT"),
    ("Range", "bytes=0-0"),
    ("User-Agent", "GoogleHC/1.0"),
)
"""Headers to which some layer of a web application reacts."""


@dataclass(frozen=True)
class Request:
    """One request to the health path."""

    method: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def hosts() -> SearchStrategy[str]:
    """Return addresses and names, known and unknown."""
    label = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=20)
    names = st.lists(label, min_size=1, max_size=4).map(".".join)
    return st.sampled_from(HOSTS) | names | st.ip_addresses(v=4).map(str)


def queries() -> SearchStrategy[str]:
    """Return query strings: any visible ASCII, no fragment."""
    visible = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "#")
    return st.just("") | st.text(visible, max_size=200)


def headers() -> SearchStrategy[dict[str, str]]:
    """Return up to eight headers, reactive and arbitrary ones."""
    names = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=30).filter(
        lambda name: name.lower() not in FRAMING
    )
    visible = string.ascii_letters + string.digits + string.punctuation + " "
    values = st.text(visible, max_size=60).map(str.strip)
    arbitrary = st.dictionaries(names, values, max_size=5)
    reactive = st.lists(st.sampled_from(REACTIVE_HEADERS), max_size=3).map(dict)
    return st.builds(lambda left, right: left | right, arbitrary, reactive)


def requests() -> SearchStrategy[Request]:
    """Return whole requests, with the two methods that a health endpoint answers."""
    with_host = st.builds(lambda fields, host: {**fields, "Host": host}, headers(), hosts())
    return st.builds(Request, st.sampled_from(("GET", "HEAD")), queries(), with_host)
