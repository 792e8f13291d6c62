"""What a detector is: a name, what it claims to see, and what it cannot see."""

from dataclasses import dataclass

from .violations import Violation


@dataclass(frozen=True)
class Detector:
    """One way of seeing violations."""

    name: str
    claims: frozenset[Violation]
    """What it claims to see. The gate fails if it misses one of these in the violating project."""
    blind_to: str
    required: bool = True
    """Whether the gate cannot pass without it."""
