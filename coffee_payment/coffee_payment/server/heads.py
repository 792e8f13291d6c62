"""What the polling thread understands of HTTP: the head of a probe, and how long a request is.

Anything unusual is left to gunicorn's own parser: a head that does not match here is not wrong, only not a probe.
"""

import re
from dataclasses import dataclass
from typing import Final

HEAD_END: Final = b"\r\n\r\n"
PROBE_HEAD_BYTES: Final = 8190
"""A longer head goes to gunicorn's parser, which has limits of its own for lines and headers."""
REQUEST_LINE_BYTES: Final = 4096

_PROBE: Final = re.compile(
    rb"([A-Z]{3,16}) (/health(?:/ready)?)(?:\?([!-~]*))? HTTP/1\.([01])\r\n"
    rb"((?:[-!#$%&'*+.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n){0,100}+)\r\n"
)
_REQUEST_LINE: Final = re.compile(rb"[A-Z]{3,20} [!-~]+ HTTP/1\.[01]\r\n")
_NEEDS_PARSER: Final = re.compile(
    rb"^(?:transfer-encoding|expect|upgrade|http2-settings|content-length(?!:[ \t]*0[ \t]*\r)):",
    re.IGNORECASE | re.MULTILINE,
)
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r", re.IGNORECASE)
_STREAMED: Final = re.compile(rb"\r\n(?:transfer-encoding|expect|upgrade)[ \t]*:", re.IGNORECASE)
_CLOSE: Final = re.compile(rb"^connection:[^\r]*\bclose\b", re.IGNORECASE | re.MULTILINE)
_KEEP_ALIVE: Final = re.compile(rb"^connection:[^\r]*\bkeep-alive\b", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Probe:
    """A request for a health path."""

    method: str
    path: str
    query: str
    version: str
    keep_alive: bool


def probe_of(head: bytes) -> Probe | None:
    """Return the probe of a complete head; None if it is any other request, or has a body."""
    if len(head) > PROBE_HEAD_BYTES:
        return None
    match = _PROBE.fullmatch(head)
    if match is None:
        return None
    method, path, query, minor, headers = match.groups()
    if _NEEDS_PARSER.search(headers):
        return None
    keep_alive = _KEEP_ALIVE.search(headers) if minor == b"0" else not _CLOSE.search(headers)
    return Probe(
        method.decode(), path.decode(), (query or b"").decode(), f"1.{minor.decode()}", bool(keep_alive)
    )


def is_hopeless(beginning: bytes) -> bool:
    """Return whether the first line of an incomplete head is wrong already, so that waiting is of no use."""
    line, end, _ = beginning.partition(b"\r\n")
    if not end:
        return len(line) > REQUEST_LINE_BYTES
    return not _REQUEST_LINE.fullmatch(line + end)


def body_length(head: bytes) -> int:
    """Return the length of the body that a head announces; 0 if there is none, or if only the parser can tell."""
    lengths = _LENGTH.findall(head)
    return int(lengths[0]) if len(lengths) == 1 and not _STREAMED.search(head) else 0
