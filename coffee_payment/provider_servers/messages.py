"""Requests and answers, as the services see them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Call:
    """A request that came in."""

    method: str
    target: str
    headers: Mapping[str, str]
    """Names in lower case."""
    content: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    @property
    def body(self) -> Any:
        """The decoded JSON body; None when there is none that can be read."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None


@dataclass(frozen=True)
class Answer:
    """What goes back: an object as JSON, text as HTML."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> tuple[str, bytes]:
        """Return the content type and the bytes."""
        if isinstance(self.body, str):
            return "text/html; charset=utf-8", self.body.encode()
        return "application/json", json.dumps(self.body, ensure_ascii=False).encode()


class Service(Protocol):
    """A provider: answers the calls of its own paths and gives None for all others."""

    name: str
    public_url: str
    """Where a browser finds the service; empty until its server is bound."""

    def answer(self, call: Call) -> Answer | None:
        """Act on a call."""

    def control(self, call: Call) -> Answer | None:
        """Act on a call to `/control/...` that is this service's."""
