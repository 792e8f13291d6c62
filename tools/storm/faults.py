"""Faults of the provider's calls, drawn from a seed."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from provider_servers.faults import Fault
from provider_servers.messages import Answer, Call
from provider_servers.server import ProviderServer

KINDS: Final = ("hang", "drop", "drop_after", "status", "slow", "amount")
PRICES: Final = "/api/ui/"
"""Calls before an order exists, which are left alone."""
_HANG_SECONDS: Final = 1.5
_SLOW_SECONDS: Final = 0.2


@dataclass
class CallFaults:
    """Lets a share of the providers' calls fail until `end` is called."""

    server: ProviderServer
    seed: int
    share: float
    counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Begin."""
        self._random = random.Random(self.seed)  # noqa: S311 - an order of events, no secret
        self._take = self.server.faults.take
        self.server.faults.take = self._draw  # type: ignore[method-assign]

    def end(self) -> None:
        """Let every call succeed from now on."""
        self.share = 0.0

    def _draw(self, path: str) -> Fault | None:
        with self._lock:
            if path.startswith(PRICES) or self._random.random() >= self.share:
                return self._take(path)
            kind = self._random.choice(KINDS)
            self.counts[kind] += 1
        match kind:
            case "hang":
                return Fault("delay", seconds=_HANG_SECONDS)
            case "slow":
                return Fault("delay", seconds=_SLOW_SECONDS)
            case "amount":
                return _WrongAmount("delay")
            case _:
                return Fault(kind)


class _WrongAmount(Fault):
    """An answer whose amount is not that of the payment."""

    wrong_amount = True


def with_another_amount(answer: Answer) -> Answer:
    """Return an answer with another amount."""
    body: Any = answer.body
    if isinstance(body, dict) and isinstance(body.get("amount"), dict):
        return Answer({**body, "amount": {**body["amount"], "value": "1.00"}}, answer.status, answer.headers)
    if isinstance(body, dict) and "Amount" in body:
        return Answer({**body, "Amount": 100}, answer.status, answer.headers)
    return answer


def give_wrong_amounts(server: ProviderServer) -> None:
    """Let the server give wrong amounts to the calls that were drawn for it."""
    answer = server.answer
    wrong = threading.local()
    take = server.faults.take

    def take_and_note(path: str) -> Fault | None:
        fault = take(path)
        wrong.now = getattr(fault, "wrong_amount", False)
        return fault

    def answer_rightly_or_not(call: Call) -> Answer:
        right = answer(call)
        return with_another_amount(right) if getattr(wrong, "now", False) else right

    server.faults.take = take_and_note  # type: ignore[method-assign]
    server.answer = answer_rightly_or_not  # type: ignore[method-assign]
