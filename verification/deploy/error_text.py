"""Texts of errors without the values of rows, which may be personal."""

import re
from typing import Final

_VALUE: Final = re.compile(
    r"""((?:invalid|malformed|out of range|too long)[^:"]*:?\s*)"[^"]*"|(?<=value )"[^"]*\""""
)


def without_values(message: str) -> str:
    """Return an error's first part: what PostgreSQL adds (DETAIL, CONTEXT, LINE) and quotes may be values."""
    first = re.split(r"\s*(?:DETAIL:|CONTEXT:|LINE \d+:)", message, maxsplit=1)[0].strip()
    return _VALUE.sub(lambda found: f'{found[1] or ""}"..."', first)
