"""Run every case and ask every detector about it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Final
from zlib import crc32

import psycopg2

from tools.peers.case_databases import CaseDatabases, OpenDatabase, given
from tools.peers.detectors import DETECTORS, Detector
from verification.postgres.providers import start
from verification.postgres.server import Database, Server
from verification.tests.schema.mutations import harmless
from verification.tests.schema.mutations.all_cases import MUTATIONS
from verification.tests.schema.mutations.cases import Case, Harmless, Mutation
from verification.tests.schema.mutations.installation import can_run

YES: Final = "yes"
NO: Final = "no"
ERROR: Final = "error"
"""The detector failed."""
HARMLESS: Final = "harmless"
UNCHANGED: Final = "the base against itself"

LISTS: Final[Mapping[str, Sequence[Case]]] = {"mutations": MUTATIONS, HARMLESS: harmless.CASES}


@dataclass(frozen=True)
class Outcome:
    """What the detectors said of one case."""

    name: str
    kind: str
    """Object class and attribute that the case changes; both empty for what is harmless."""
    attribute: str
    said: Mapping[str, str]
    """Detector -> whether it saw a difference."""
    reasons: Mapping[str, str]
    """Detector -> the first line of its error."""


def evaluate(workers: int, seconds: float) -> tuple[str, dict[str, list[Outcome]]]:
    """Return the server's version, and the outcomes of each list in its order; each worker has its own server.

    When the time is up the cases that are left are left out; those that were evaluated are an even sample.
    """
    shares = [(number, workers, time.time() + seconds) for number in range(workers)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        evaluated = list(pool.map(_evaluate_share, shares))
    found: dict[str, list[Outcome]] = {}
    for name, cases in LISTS.items():
        by_name = {outcome.name: outcome for _, lists in evaluated for outcome in lists[name]}
        names = (UNCHANGED, *(case.name for case in cases))
        found[name] = [by_name[each] for each in names if each in by_name]
    return evaluated[0][0], found


def _evaluate_share(share: tuple[int, int, float]) -> tuple[str, dict[str, list[Outcome]]]:
    number, workers, end = share
    found: dict[str, list[Outcome]] = {name: [] for name in LISTS}
    with start("embedded") as server:
        evaluations = {name: _Evaluation(CaseDatabases(server)) for name in LISTS}
        for name, evaluation in evaluations.items():
            found[name].append(evaluation.outcome(Harmless(UNCHANGED, "SELECT 1")))
        for name, case in _sampled(server)[number::workers]:
            if time.time() > end:
                break
            found[name].append(evaluations[name].outcome(case))
        for evaluation in evaluations.values():
            evaluation.databases.view.close()
        return server.version, found


def _sampled(server: Server) -> list[tuple[str, Case]]:
    """Return the cases that the server can do: what is harmless first, then the mutations, mixed evenly."""
    cases = [(name, case) for name, cases in LISTS.items() for case in cases if can_run(case, server)]
    return sorted(cases, key=lambda each: (each[0] != HARMLESS, crc32(each[1].name.encode())))


@dataclass(frozen=True)
class _Left:
    """A left side as a detector has read it, and what the detector finds when nothing at all was changed."""

    reading: Any
    noise: set[str]

    def differs(self, detector: Detector, seen: Any) -> bool:
        return bool(detector.findings(self.reading, seen) - self.noise)


class _Evaluation:
    """The cases of one list on their base."""

    def __init__(self, databases: CaseDatabases) -> None:
        self.databases = databases
        self._lefts: dict[tuple[str, bool | None], _Left] = {}
        """Detector and how the base was made (None: not committed) -> what all cases without a given share."""
        self._said: dict[str, str] = {}
        self._reasons: dict[str, str] = {}

    def outcome(self, case: Case) -> Outcome:
        """Show one case to all detectors."""
        self._said, self._reasons = {}, {}
        apart = [each for each in DETECTORS if case.autocommit or each.needs_commit]
        self._judge_open([each for each in DETECTORS if each not in apart], case)
        for detector in apart:
            with self._judging(detector):
                self._said[detector.name] = YES if self._differs_committed(detector, case) else NO
        kind, attribute = (case.kind, case.attribute) if isinstance(case, Mutation) else ("", "")
        return Outcome(case.name, kind, attribute, self._said, self._reasons)

    def _judge_open(self, detectors: Sequence[Detector], case: Case) -> None:
        view = self.databases.view
        lefts: dict[str, _Left] = {}
        try:
            for script in given(case):
                view.run(script)
            for detector in detectors:
                with self._judging(detector):
                    lefts[detector.name] = self._open_left(detector, view, anew=bool(given(case)))
            if detectors:
                view.run(case.sql)
            for detector in detectors:
                if detector.name in lefts:
                    with self._judging(detector), view.undone():
                        seen = lefts[detector.name].differs(detector, view)
                        if case.name == UNCHANGED:
                            seen = bool(lefts[detector.name].noise)
                        self._said[detector.name] = YES if seen else NO
        finally:
            view.psycopg.rollback()

    def _open_left(self, detector: Detector, view: OpenDatabase, *, anew: bool) -> _Left:
        if not anew and (detector.name, None) in self._lefts:
            return self._lefts[detector.name, None]
        with view.undone():
            reading = detector.read(view)
        with view.undone():
            left = _Left(reading, detector.findings(reading, view))
        return left if anew else self._lefts.setdefault((detector.name, None), left)

    def _differs_committed(self, detector: Detector, case: Case) -> bool:
        try:
            return self._differs_apart(detector, case, anew=False)
        except psycopg2.Error:  # the case needs what no clone has
            return self._differs_apart(detector, case, anew=True)

    def _differs_apart(self, detector: Detector, case: Case, *, anew: bool) -> bool:
        left = self._apart_left(detector, given(case), anew=anew)
        scripts = [*given(case), *case.statements]
        with self.databases.committed(scripts, anew=anew) as database, _opened(detector, database) as seen:
            return left.differs(detector, seen)

    def _apart_left(self, detector: Detector, scripts: list[str], *, anew: bool) -> _Left:
        if not scripts and (detector.name, anew) in self._lefts:
            return self._lefts[detector.name, anew]
        with self.databases.committed(scripts, anew=anew) as database, _opened(detector, database) as seen:
            reading = detector.read(seen)
            left = _Left(reading, detector.findings(reading, seen))
        return left if scripts else self._lefts.setdefault((detector.name, anew), left)

    @contextmanager
    def _judging(self, detector: Detector) -> Iterator[None]:
        """Take what goes wrong as the detector's answer: it has seen nothing."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever a peer does wrong
            self._said[detector.name] = ERROR
            self._reasons[detector.name] = (str(error).strip() or type(error).__name__).splitlines()[0]


@contextmanager
def _opened(detector: Detector, database: Database) -> Iterator[Any]:
    if detector.needs_commit:
        yield database
        return
    view = OpenDatabase(database)
    try:
        yield view
    finally:
        view.close()
