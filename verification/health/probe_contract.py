"""What probes trip over, asked of a real process (design: proving-purity.md, "What probes trip over")."""

import secrets
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from verification.processes.wait import wait_for
from verification.project.http_probe import POD, Answer
from verification.project.web_server import WebServer

OTHER_METHODS: Final = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LOG_SECONDS: Final = 2.0


def answers(web: WebServer, path: str) -> Iterator[str]:
    """Give what is wrong with the answers to a probe's GET and HEAD, in words."""
    get, head = web.probe(path).send(), web.probe(path).send("HEAD")
    for method, answer in (("GET", get), ("HEAD", head)):
        yield from _wrong(f"{method} {path} with Host {POD}", answer)
    if "transfer-encoding" in get.headers or get.headers.get("content-length") != str(len(get.body)):
        yield f"GET {path}: Content-Length is {get.headers.get('content-length')}, the body {len(get.body)}"
    if head.body:
        yield f"HEAD {path}: has a body of {len(head.body)} bytes"
    if head.headers.get("content-length") not in (None, get.headers.get("content-length")):
        yield f"HEAD {path}: Content-Length {head.headers['content-length']} is not that of GET"


def _wrong(asked: str, answer: Answer) -> Iterator[str]:
    if answer.status != HTTPStatus.OK:
        location = answer.headers.get("location")
        yield f"{asked}: {answer.status}{f' to {location}' if location else ''}, a probe must see 200"
    if "set-cookie" in answer.headers:
        yield f"{asked}: sets a cookie"


def methods(web: WebServer, path: str) -> Iterator[str]:
    """Give the methods that are not refused as they should be, in words."""
    for method in OTHER_METHODS:
        answer = web.probe(path).send(method)
        allowed = {each.strip() for each in answer.headers.get("allow", "").split(",")}
        if answer.status != HTTPStatus.METHOD_NOT_ALLOWED:
            yield f"{method} {path}: {answer.status} instead of 405"
        elif allowed != {"GET", "HEAD"}:
            yield f"{method} {path}: Allow is {answer.headers.get('allow')!r} instead of 'GET, HEAD'"


def log_noise(web: WebServer, path: str, *, probes: int) -> tuple[list[str], bool]:
    """Give what is wrong with the log after so many probes, and whether requests are logged at all.

    A path that only begins like the health path must be logged as any other is.
    """
    token = secrets.token_hex(6)
    neighbour, stranger = f"{path}y?{token}", f"/{token}?{token}"
    before = len(web.log())
    web.statuses(path, probes)
    web.statuses(neighbour, 1)
    web.statuses(stranger, 1)
    wait_for(lambda: f"/{token}" in web.log()[before:], seconds=LOG_SECONDS)
    lines = web.log()[before:].splitlines()
    about_neighbour = [line for line in lines if f"{path}y" in line]
    about_stranger = [line for line in lines if f"/{token}" in line]
    about_probes = [line for line in lines if path in line and line not in about_neighbour]
    wrong = []
    if about_probes:
        wrong.append(f"{probes} probes left {len(about_probes)} lines in the log: {about_probes[0][:160]}")
    if len(about_neighbour) < len(about_stranger):
        wrong.append(f"{path}y is kept out of the log like {path}; it is another path")
    return wrong, bool(about_stranger)
