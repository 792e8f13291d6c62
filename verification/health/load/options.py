"""What ``[tool.verification.load]`` says: which request waits for another service, and how to prepare for it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final, Self

from ...errors import CannotRun
from ...project.configuration import Configuration

NUMBER: Final = "{number}"
"""Stands in ``path`` and ``body`` for the number of the request, from 0: each may need an order of its own."""
NOT_CONFIGURED: Final = "[tool.verification.load] names no path of a request that waits for an outgoing host"


@dataclass(frozen=True, kw_only=True)
class Load:
    """A request that makes the server call a host of its settings, and what it needs."""

    path: str
    method: str = "GET"
    body: str = ""
    content_type: str = "application/json"
    ready_path: str = ""
    """Path of the readiness probe; empty: the project has none, and stops without notice."""
    prepare: str = ""
    """``module:function``, called in a process of the project with the number of requests, on a migrated database."""

    @classmethod
    def of(cls, configuration: Configuration) -> Self | None:
        """Return the table; None if the project has none. Raises ``CannotRun`` for a key that nobody reads."""
        table: Mapping[str, str] = configuration.load
        if not table:
            return None
        known = {field.name for field in fields(cls)}
        where = "pyproject.toml: [tool.verification.load]"
        if unknown := sorted(set(table) - known):
            raise CannotRun(
                f"{where} has no key {unknown[0]!r}; known keys: {', '.join(sorted(known))}", "fix the key"
            )
        if not table.get("path", "").startswith("/"):
            raise CannotRun(
                f"{where} names no path", 'add path = "/...", a request that calls an outgoing host'
            )
        return cls(**table)

    def request(self, number: int) -> bytes:
        """Return the request with this number, as it is sent."""
        body = self.body.replace(NUMBER, str(number)).encode()
        path = self.path.replace(NUMBER, str(number))
        return request(self.method, path, body, content_type=self.content_type)


def request(
    method: str, path: str, body: bytes = b"", *, length: int | None = None, content_type: str = ""
) -> bytes:
    """Return the bytes of a request on a connection of its own; ``length`` announces a longer body than is sent."""
    announced = len(body) if length is None else length
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "User-Agent: verification", "Connection: close"]
    if announced or method not in {"GET", "HEAD"}:
        lines += [f"Content-Type: {content_type}"] if content_type else []
        lines.append(f"Content-Length: {announced}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
