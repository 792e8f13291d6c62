"""One id for everything that a request or a task causes, in the log and in the response."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from celery.signals import before_task_publish, task_postrun, task_prerun
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

HEADER: Final = "X-Request-ID"
_ACCEPTABLE: Final = re.compile(r"[0-9A-Za-z._-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """Return the id of the current request or task; empty outside of both."""
    return _current.get()


class RequestIdMiddleware:
    """Uses the id of the proxy's header, or a new one, and returns it in the response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Store the next middleware."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in the context of its id."""
        given = request.headers.get(HEADER, "")
        _current.set(given if _ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex)
        response = self.get_response(request)
        response[HEADER] = _current.get()
        return response


@receiver(request_finished, dispatch_uid="request_id.finished")
def _forget(**_: Any) -> None:
    # Not in the middleware: Django and gunicorn still log the response after it.
    _current.set("")


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to every record that has an id."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True: every record passes."""
        if identifier := _current.get():
            record.request_id = identifier
        return True


@before_task_publish.connect(dispatch_uid="request_id.publish")  # type: ignore[untyped-decorator]
def _publish(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None and (identifier := _current.get()):
        headers["request_id"] = identifier


@task_prerun.connect(dispatch_uid="request_id.begin")  # type: ignore[untyped-decorator]
def _begin(task_id: str = "", task: Any = None, **_: Any) -> None:
    request = getattr(task, "request", None)
    _current.set(getattr(request, "request_id", None) or task_id)


@task_postrun.connect(dispatch_uid="request_id.end")  # type: ignore[untyped-decorator]
def _end(**_: Any) -> None:
    _current.set("")
