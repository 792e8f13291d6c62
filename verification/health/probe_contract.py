"""What a probe expects of the health endpoint of a running server: answers, methods and a quiet log."""

import re
import secrets
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from ..processes.wait import wait_for
from ..project import wsgi_ready
from ..project.http_probe import POD, Answer
from ..project.web_server import WebServer

OTHER_METHODS: Final = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NEIGHBOURS: Final = ("y", "/deep", "/status")
"""What makes another path of the health path."""
LOG_SECONDS: Final = 2.0
"""How long the server may take to log a request."""


def wrong_answers(web: WebServer, path: str, *, length: bool = True) -> Iterator[str]:
    """Return a line for everything that is wrong with the answers to GET and HEAD of a probe.

    ``length``: the answer must say how long it is; without that its end is the end of the connection, or chunked.
    """
    get, head = web.probe(path).send(), web.probe(path).send("HEAD")
    for method, answer in (("GET", get), ("HEAD", head)):
        yield from _wrong_answer(f"{method} {path} with Host {POD}", answer)
    said = get.headers.get("content-length")
    if (length or said is not None) and said != str(len(get.body)):
        yield f"GET {path}: Content-Length is {said}, the body {len(get.body)}"
    if head.body:
        yield f"HEAD {path}: has a body of {len(head.body)} bytes"
    if head.headers.get("content-length") not in (None, said):
        yield f"HEAD {path}: Content-Length {head.headers['content-length']} is not that of GET"


def _wrong_answer(request: str, answer: Answer) -> Iterator[str]:
    if answer.status != HTTPStatus.OK:
        location = answer.headers.get("location")
        yield f"{request}: {answer.status}{f' to {location}' if location else ''}, a probe must see 200"
    if "set-cookie" in answer.headers:
        yield f"{request}: sets a cookie"


def wrong_methods(web: WebServer, path: str) -> Iterator[str]:
    """Return a line for each other method that is not refused with 405 and Allow: GET, HEAD."""
    for method in OTHER_METHODS:
        answer = web.probe(path).send(method)
        allowed = {name.strip() for name in answer.headers.get("allow", "").split(",")}
        if answer.status != HTTPStatus.METHOD_NOT_ALLOWED:
            yield f"{method} {path}: {answer.status} instead of 405"
        elif allowed != {"GET", "HEAD"}:
            yield f"{method} {path}: Allow is {answer.headers.get('allow')!r} instead of 'GET, HEAD'"


def log_noise(web: WebServer, path: str, *, probes: int, answer_word: str = "") -> tuple[list[str], bool]:
    """Return what is wrong with the log after so many probes, and whether the server logs requests at all.

    A path that only begins like the health path must be logged like any other. With ``answer_word`` the neighbours
    are answered 200 (see ``wsgi_ready``), otherwise as the project does.
    """
    token = secrets.token_hex(6)
    headers = {wsgi_ready.HEADER: answer_word} if answer_word else {}
    other = f"/{token}"
    neighbours = [f"{path}{end}" for end in NEIGHBOURS]
    before = len(web.log())
    web.statuses(path, probes)
    for neighbour in neighbours:
        web.probe(neighbour).send(query=token, headers=headers)
    web.probe(other).send(headers=headers)

    def logged() -> list[str]:
        return web.log()[before:].splitlines()

    # A line is written after the answer, perhaps by another thread than the next one.
    of_all = [*neighbours, other]
    wait_for(
        lambda: all(any(_names(line, each) for line in logged()) for each in of_all), seconds=LOG_SECONDS
    )
    lines = logged()
    logs_requests = any(_names(line, other) for line in lines)
    of_probes = [line for line in lines if _names(line, path)]
    wrong = []
    if of_probes:
        wrong.append(f"{probes} probes left {len(of_probes)} lines in the log: {of_probes[0][:160]}")
    if logs_requests:
        status = "that is answered 200 " if answer_word else ""
        wrong += [
            f"{neighbour} {status}is kept out of the log like {path}; it is another path"
            for neighbour in neighbours
            if not any(_names(line, neighbour) for line in lines)
        ]
    return wrong, logs_requests


def _names(line: str, path: str) -> bool:
    """Tell whether a line of the log names the path itself, not a file below a folder of that name in a traceback."""
    return re.search(rf"{re.escape(path)}(?!\w|/|-|\.\w)", line) is not None
