"""What the witnesses say: one record per witness and subject, and how the inner ones are heard."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from verification.errors import CannotRun
from verification.processes.child import Child, ChildFailed
from verification.processes.output import last_line
from verification.project.configuration import Configuration

INSIDE_SECONDS: Final = 60.0
"""How long all trials inside one process may take together."""


@dataclass(frozen=True)
class Testimony:
    """One witness about one subject."""

    witness: str
    subject: str
    seen: tuple[str, ...]
    """What it saw that should not be; empty: nothing."""
    requests: int = 0
    """How many requests it watched."""
    wrong: tuple[str, ...] = ()
    """Answers that were not 200, each once: a status or an exception."""

    @property
    def clean(self) -> bool:
        """Whether nothing was seen and every answer was 200."""
        return self.requests > 0 and not self.seen and not self.wrong


def record(
    witness: str, subject: str, seen: Iterable[str], statuses: Sequence[int | str | None]
) -> Testimony:
    """Build a record from the answers' statuses; ``None`` is an answer that never came."""
    wrong = {"no answer" if status is None else str(status) for status in statuses if status != HTTPStatus.OK}
    return Testimony(witness, subject, tuple(seen), len(statuses), tuple(sorted(wrong)))


def hear_inside(
    configuration: Configuration,
    variables: Mapping[str, str],
    *,
    witnesses: Sequence[str],
    paths: Mapping[str, str],
    requests: int,
    view: str = "",
) -> list[Testimony]:
    """Hear the witnesses inside a fresh process of the project.

    ``paths`` maps a subject's name to its path; ``view`` is a dotted name, tried beside them with
    the first path. Raises ``CannotRun`` when the project does not come up.
    """
    with Child(
        configuration.settings,
        [sys.executable, "-m", "verification.health.detectors.in_process_runner"],
        environment=variables,
        directory=configuration.root,
    ) as child:
        try:
            child.send(
                {
                    "application": configuration.wsgi,
                    "view": view,
                    "paths": dict(paths),
                    "witnesses": list(witnesses),
                    "requests": requests,
                }
            )
            reply = child.receive(INSIDE_SECONDS)
        except ChildFailed as failure:
            if failure.kind == "timeout":
                raise CannotRun(
                    f"{configuration.settings}: the view answers no request within {INSIDE_SECONDS:g} s in a "
                    "process of its own",
                    "call it in `manage.py shell` to see where it waits",
                ) from None
            reply = {"error": failure.message}
    if "error" in reply:
        raise CannotRun(
            f"{configuration.settings}: the project does not come up ({last_line(reply['error'])})"
        )
    return [
        record(each["witness"], each["subject"], each["seen"], each["statuses"]) for each in reply["heard"]
    ]
