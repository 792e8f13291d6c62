"""What is done around each wait for another service."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import Final

around_calls: Final[ContextVar[Callable[[], AbstractContextManager[None]]]] = ContextVar(
    "around calls", default=nullcontext
)
