"""What notifications make a process ask: one question about a payment at a time.

A provider gives up on a notification that is not answered soon, and repeats it after 503. So the question is asked in
another thread: when its answer is late the notification gets 503, while what has begun goes on to its end. The threads
stay, with their database connections, as gunicorn's do: a new connection costs more than the whole notification.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from contextvars import copy_context
from functools import cache
from typing import Final

from django.db import close_old_connections, connection

from payments.outgoing import bulkhead

logger = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 0.8
"""How long a notification waits for its answer: it has to be answered within a second."""

_lock = threading.Lock()
Question = tuple[str, str]
"""The ids of an order and of a payment. A stranger may name anybody's payment for an order of his own."""
_under_way: dict[Question, Future[None]] = {}


class Late(Exception):  # noqa: N818 - an answer to the provider, not a fault
    """The question is still under way."""


def ask(about: Question, work: Callable[[], None]) -> None:
    """Do the work, or wait for the same work that is under way. Raises `Busy`, `Late`, and what the work raises.

    Within a transaction the work is a part of it, and done at once.
    """
    if connection.in_atomic_block:
        with bulkhead.slot("webhooks"):
            work()
        return
    with ExitStack() as stack:
        with _lock:
            question = _under_way.get(about)
            if question is None:
                question = _begin(about, work)
            else:
                stack.enter_context(bulkhead.slot("joined"))
        try:
            question.result(ANSWER_SECONDS)
        except TimeoutError as error:
            if question.done():  # the work's own
                raise
            question.add_done_callback(_log_late)
            raise Late(*about) from error


def under_way() -> int:
    """Return how many questions of this process have no answer yet."""
    return len(_under_way)


def _begin(about: Question, work: Callable[[], None]) -> Future[None]:
    """Start the work in a thread, which holds one of the calls for webhooks to its end. Call it under the lock."""
    question: Future[None] = Future()
    held = ExitStack()
    held.enter_context(bulkhead.slot("webhooks"))

    def run() -> None:
        if not question.set_running_or_notify_cancel():
            return
        failure: BaseException | None = None
        close_old_connections()
        with held:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - it is raised where the notification waits
                failure = error
            finally:
                close_old_connections()
        with _lock:
            del _under_way[about]
        if failure is None:
            question.set_result(None)
        else:
            question.set_exception(failure)

    try:
        _threads(bulkhead.limit("webhooks")).submit(copy_context().run, run)
    except RuntimeError:  # no more threads
        question.cancel()
        held.close()
        raise
    _under_way[about] = question
    return question


@cache
def _threads(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix="notification")


def _log_late(question: Future[None]) -> None:
    failure = question.exception()
    if failure is None:
        logger.info("notification processed after its answer")
    else:
        logger.warning("notification not processed", extra={"reason": f"{type(failure).__name__}: {failure}"})
