"""Reading the untrusted data of a request."""

import json
from typing import Any, Final

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

LONGEST_TEXT: Final = 255
_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def is_storable(text: str) -> bool:
    """Return whether a text fits the ordinary columns: no NUL, no lone surrogate, at most 255 characters."""
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return "\0" not in text and len(text) <= LONGEST_TEXT


def body_of(request: HttpRequest) -> Any:
    """Return a request's JSON or form body; None when it cannot be read."""
    try:
        if request.content_type in _FORMS:
            return request.POST.dict()
        return json.loads(request.body)
    except (
        BadRequest,
        MultiPartParserError,
        RecursionError,
        SuspiciousOperation,
        UnreadablePostError,
        ValueError,
    ):
        return None
