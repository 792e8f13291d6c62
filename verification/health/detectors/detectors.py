"""The witnesses of Property 2: what each claims to see, and how each is heard about a project.

No witness is trusted for what it has not been caught out on: each is tried by the guilty project,
every offence in turn (design: proving-purity.md, "Every witness needs its guilty twin").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verification.health.detectors import violations
from verification.health.detectors.host_sink import Trap
from verification.health.detectors.observations import Testimony, record
from verification.health.detectors.postgres_log import ServerWatch
from verification.health.detectors.violations import INNOCENT, MEANING, Offence
from verification.project.web_server import WebServer
from verification.report.result import Table

SHOWN: Final = 3
"""How many different sights of one witness go into the line that accuses."""


@dataclass(frozen=True)
class Witness:
    """One way of seeing."""

    name: str
    claims: frozenset[Offence]
    """What it says it sees: an offence of these that gets past it fails the gate."""
    blind_to: str
    inside: bool = False
    """Whether it stands in the process of the project (``recorders``)."""
    required: bool = True
    """Whether the gate cannot pass without it."""


_CALLS: Final = frozenset({Offence.RAW_SOCKET, Offence.NAME, Offence.SUBPROCESS, Offence.FORK})

QUERIES: Final = Witness(
    "captured queries",
    violations.DJANGO_QUERIES,
    "other threads, bare connects, raw drivers",
    inside=True,
)
WRAPPER: Final = Witness(
    "execute wrapper",
    violations.DJANGO_QUERIES,
    "other threads, bare connects, raw drivers",
    inside=True,
)
BLOCKED: Final = Witness(
    "blocked connections",
    violations.DATABASE - {Offence.RAW_DRIVER},
    "raw drivers",
    inside=True,
)
AUDIT: Final = Witness("audit hook", _CALLS, "libpq and other C code", inside=True)
SERVER: Final = Witness("PostgreSQL server", violations.DATABASE, "other hosts")
TRAP: Final = Witness(
    "trapped hosts", violations.DATABASE | {Offence.RAW_SOCKET}, "hosts that the settings do not name"
)
STOPPED: Final = Witness(
    "database stopped",
    frozenset({Offence.QUERY, Offence.SECOND_ALIAS, Offence.BARE_CONNECT, Offence.RAW_DRIVER}),
    "errors that are swallowed or stay in a thread",
)
SYSTEM_CALLS: Final = Witness("system calls", violations.EVERYTHING, "nothing in user space", required=False)

ALL: Final = (QUERIES, WRAPPER, BLOCKED, AUDIT, SERVER, TRAP, STOPPED, SYSTEM_CALLS)


def hear_server(
    watch: ServerWatch, web: WebServer, subjects: Mapping[str, str], *, requests: int
) -> list[Testimony]:
    """Ask each subject's path while the PostgreSQL server writes down who comes."""
    statuses = {}
    for subject, path in subjects.items():
        watch.mark(subject)
        statuses[subject] = web.statuses(path, requests)
    told = watch.told()
    return [record(SERVER.name, subject, told[subject], statuses[subject]) for subject in subjects]


def hear_trap(trap: Trap, web: WebServer, subjects: Mapping[str, str], *, requests: int) -> list[Testimony]:
    """Ask each subject's path while every host of the settings is the trap."""
    trap.take()  # what the project did while it was loaded is no request's doing
    testimonies = []
    for subject, path in subjects.items():
        statuses = web.statuses(path, requests)
        testimonies.append(record(TRAP.name, subject, trap.take(), statuses))
    return testimonies


def hear_stopped(web: WebServer, subjects: Mapping[str, str], *, requests: int) -> list[Testimony]:
    """Ask each subject's path; the caller has stopped the database."""
    return [
        record(STOPPED.name, subject, (), web.statuses(path, requests)) for subject, path in subjects.items()
    ]


@dataclass(frozen=True)
class Trial:
    """What the witnesses said about the guilty project."""

    testimonies: Sequence[Testimony]

    def caught(self, witness: Witness, subject: str) -> bool | None:
        """Whether a witness accused a subject; None: it was not heard about it."""
        heard = [each for each in self.testimonies if (each.witness, each.subject) == (witness.name, subject)]
        return any(not each.clean for each in heard) if heard else None

    def failures(self, witnesses: Iterable[Witness] = ALL) -> list[str]:
        """Give each claim that did not hold, in words: an offence let past, or the innocent accused."""
        found = []
        for witness in witnesses:
            if not witness.required and self.caught(witness, INNOCENT) is None:
                continue
            found += [
                f"{witness.name}: let {MEANING[offence]} ({offence}) past, which it claims to see"
                for offence in Offence
                if offence in witness.claims and not self.caught(witness, offence)
            ]
            if self.caught(witness, INNOCENT) is not False:
                found.append(f"{witness.name}: accused the view that does nothing wrong, or was not heard")
        return found

    def table(self, witnesses: Sequence[Witness] = ALL) -> Table:
        """Give witness x offence, a row per offence."""
        rows = [
            [words, *(self._cell(witness, subject) for witness in witnesses)]
            for subject, words in [*((str(each), MEANING[each]) for each in Offence), (INNOCENT, "nothing")]
        ]
        return Table(
            "What each witness caught when it was tried",
            ["what the view did", *(witness.name for witness in witnesses)],
            rows,
        )

    def _cell(self, witness: Witness, subject: str) -> str:
        caught, claimed = self.caught(witness, subject), subject in witness.claims
        if caught is None:
            return "not heard"
        if subject == INNOCENT:
            return "accused: WRONG" if caught else "silent"
        if caught:
            return "caught" if claimed else "caught (not claimed)"
        return "let past: WRONG" if claimed else "blind"


def accusations(testimonies: Iterable[Testimony]) -> list[str]:
    """Give what the witnesses hold against a project, one line for each that accuses."""
    lines = []
    for each in testimonies:
        if each.clean:
            continue
        kinds = " | ".join(list(dict.fromkeys(each.seen))[:SHOWN])
        what = [f"saw {len(each.seen)}: {kinds}"] if each.seen else []
        what += [f"answers other than 200: {', '.join(each.wrong)}"] if each.wrong else []
        lines.append(f"{each.witness}, {each.subject}: {'; '.join(what) or 'no request was made'}")
    return lines
