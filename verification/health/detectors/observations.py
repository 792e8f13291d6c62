"""What the detectors saw: one observation for each detector and subject, and how those in the process are run."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final, Self

from verification.errors import CannotRun
from verification.project.configuration import Configuration

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
    detectors: Sequence[str],
    paths: Mapping[str, str],
    requests: int,
    view: str = "",
) -> list[Observation]:
    """Observe with in-process detectors, by name, in a new process of the project.

    ``paths`` maps the name of a subject to its path; ``view`` is the dotted name of a view that is called
    as a function too, with the first path. Raises ``CannotRun`` if the project does not start.
    """
    with tempfile.TemporaryDirectory(prefix="verification-") as name:
        order, answer = Path(name) / "order.json", Path(name) / "answer.json"
        order.write_text(
            json.dumps(
                {
                    "application": configuration.wsgi,
                    "view": view,
                    "paths": dict(paths),
                    "detectors": list(detectors),
                    "requests": requests,
                }
            ),
            encoding="utf-8",
        )
        command = [
            sys.executable,
            "-m",
            "verification.health.detectors.in_process_runner",
            str(order),
            str(answer),
        ]
        try:
            process = subprocess.run(
                command,
                cwd=configuration.root,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=IN_PROCESS_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CannotRun(
                f"{configuration.settings}: the view does not answer within {IN_PROCESS_SECONDS:g} s in a "
                "process of its own",
                "call it in `manage.py shell` to see where it waits",
            ) from None
        if process.returncode or not answer.exists():
            lines = process.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
            raise CannotRun(f"{configuration.settings}: the project does not start ({lines[-1]})")
        return [
            Observation.of(each["detector"], each["subject"], each["seen"], each["statuses"])
            for each in json.loads(answer.read_text(encoding="utf-8"))
        ]
