"""One outgoing HTTP call: bounded in time and size, typed errors, a masked log line.

Calls share only the trust store: no session, no cookie, no kept connection. If the peer had just closed a kept
connection, a make command would fail without ever being sent.
"""

import json
import logging
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from coffee_payment.logs import mask_value
from django.conf import settings

from payments import metrics
from payments.outgoing.errors import (
    ProviderBadAnswer,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
)
from payments.outgoing.exchange import Answer, Exchange, run_in_time
from payments.outgoing.waiting import around_calls

logger = logging.getLogger(__name__)

_SUCCESS_CLASS: Final = 2
_TOO_MANY_REQUESTS: Final = 429
_BAD_REQUEST: Final = 400
_SERVER_ERROR: Final = 500


def call_json(
    method: str,
    url: str,
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    empty_allowed: bool = False,
) -> Any:
    """Send one request with a JSON body and return the decoded JSON answer.

    With `empty_allowed` an empty body is an answer too: None. `settings.PAYMENT_API_TIMEOUT_S` limits connecting
    and each read; twice that limits the whole call, even if the peer sends a byte at a time. Raises
    `ProviderError`.
    """
    started = time.monotonic()
    parts = urlsplit(url)
    outcome: str | int = "error"
    try:
        exchange = Exchange(method, url, body, dict(headers or {}), auth, _timeout())
        with around_calls.get()():
            answer = run_in_time(exchange)
        outcome = answer.status
        return None if empty_allowed and _is_good(answer) and not answer.content else _decoded(answer)
    except ProviderError as error:
        outcome = error.status or type(error).__name__
        metrics.count_call_error(str(parts.hostname), type(error).__name__)
        raise
    finally:
        logger.info(
            "outgoing call",
            extra={
                "method": method,
                "host": parts.hostname,
                "path": parts.path,
                "parameters": mask_value(body),
                "status": outcome,
                "duration_ms": round((time.monotonic() - started) * 1000),
            },
        )


def _timeout() -> float:
    return float(settings.PAYMENT_API_TIMEOUT_S)


def _is_good(answer: Answer) -> bool:
    return answer.status // 100 == _SUCCESS_CLASS


def _decoded(answer: Answer) -> Any:
    status = answer.status
    if status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
        raise ProviderUnavailable(f"status {status}", status=status)
    if status >= _BAD_REQUEST:
        raise ProviderRejected(f"status {status}", status=status)
    if not _is_good(answer):
        raise ProviderBadAnswer(f"unexpected status {status}", status=status)
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        raise ProviderBadAnswer("the answer is not JSON", status=status) from None


def fields_of(answer: Any) -> dict[str, Any]:
    """Return an answer's fields. Raises `ProviderBadAnswer` if it is not a JSON object."""
    if not isinstance(answer, dict):
        raise ProviderBadAnswer("the answer is not a JSON object")
    return answer
