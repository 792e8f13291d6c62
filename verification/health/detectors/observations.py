"""What the detectors saw: one observation for each detector and subject, and how those in the process are run."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from http import HTTPStatus
from typing import Final, Self

from ...errors import CannotRun
from ...processes.child import Child, ChildFailed
from ...processes.output import last_line
from ...project.configuration import Configuration
from ..requests import Request

IN_PROCESS_SECONDS: Final = 60.0
"""Time limit of all observations in one process together."""
SHOWN_KINDS: Final = 3
"""How many different calls of one observation its line names."""


@dataclass(frozen=True)
class Observation:
    """What one detector saw while one subject was requested."""

    detector: str
    subject: str
    seen: tuple[str, ...]
    """Calls that a health endpoint must not make."""
    requests: int = 0
    """How many requests it observed."""
    wrong: tuple[str, ...] = ()
    """Answers other than 200, each once: a status or an exception."""

    @classmethod
    def of(
        cls, detector: str, subject: str, seen: Iterable[str], statuses: Sequence[int | str | None]
    ) -> Self:
        """Return the observation of requests with these statuses; ``None`` is an answer that never came."""
        answers = ["no answer" if status is None else str(status) for status in statuses]
        wrong = {answer for answer in answers if answer != str(HTTPStatus.OK.value)}
        return cls(detector, subject, tuple(seen), len(statuses), tuple(sorted(wrong)))

    @property
    def clean(self) -> bool:
        """Whether nothing was seen and every answer was 200."""
        return self.requests > 0 and not self.seen and not self.wrong

    def __str__(self) -> str:
        """The violations in one line."""
        kinds = " | ".join(list(dict.fromkeys(self.seen))[:SHOWN_KINDS])
        what = [f"saw {len(self.seen)}: {kinds}"] if self.seen else []
        what += [f"answers other than 200: {', '.join(self.wrong)}"] if self.wrong else []
        return f"{self.detector}, {self.subject}: {'; '.join(what) or 'no request was made'}"


def observe_in_process(
    configuration: Configuration,
    variables: Mapping[str, str],
    *,
    paths: Mapping[str, str],
    requests: Sequence[Request],
    examples: int,
    view: str = "",
) -> list[Observation]:
    """Observe with the in-process detectors in a new process of the project.

    ``paths`` maps the name of a subject to its path; each is asked with the ``requests``, and then with so many
    drawn ``examples``. ``view`` is the dotted name of a view that is called as a function too, with the first path.
    Raises ``CannotRun`` if the project does not start.
    """
    with Child(
        configuration.settings,
        [sys.executable, "-m", f"{__package__}.in_process_runner"],
        environment=variables,
        directory=configuration.root,
    ) as child:
        try:
            child.send(
                {
                    "application": configuration.wsgi,
                    "view": view,
                    "paths": dict(paths),
                    "requests": [astuple(request) for request in requests],
                    "examples": examples,
                }
            )
            reply = child.receive(IN_PROCESS_SECONDS)
        except ChildFailed as failure:
            if failure.kind == "timeout":
                raise CannotRun(
                    f"{configuration.settings}: the view does not answer within {IN_PROCESS_SECONDS:g} s in a "
                    "process of its own",
                    "call it in `manage.py shell` to see where it waits",
                ) from None
            reply = {"error": failure.message}
    if "error" in reply:
        raise CannotRun(f"{configuration.settings}: the project does not start ({last_line(reply['error'])})")
    return [
        Observation.of(each["detector"], each["subject"], each["seen"], each["statuses"])
        for each in reply["observations"]
    ]
