"""Property 2: for any request, the health endpoint makes no query and no call.

The configuration of the project names the endpoint: ``health_path``, ``health_view``, ``wsgi``,
``gunicorn_config``. It is requested on production server processes of one worker each; the detectors are
described in ``health.detectors``.
"""

from collections.abc import Sequence
from typing import Final

from django.db import connections

from ..health.detectors.caller import PLACE
from ..health.detectors.observations import Observation
from ..health.detectors.self_test import DetectorSelfTest
from ..health.detectors.session import ALL, HealthSession, outage
from ..health.requests import ON_OCCASION, REPRESENTATIVE, Request, drawn
from ..postgres.server import Server
from ..report.evidence import Measurement, Table
from ..report.finding import Finding, Place
from ..report.result import Check

PROPERTIES: Final = ("Property 2",)
EXAMPLES: Final = 300
"""Requests that are drawn for the traps in the process of the project."""
IN_PROCESS: Final = (*(Request(),) * 10, *ON_OCCASION)
LOGGED: Final = (*(Request(),) * 300, *REPRESENTATIVE)
"""Requests that are observed with the PostgreSQL log, beside drawn ones."""
TRACED: Final = (*(Request(),) * 50, *REPRESENTATIVE)
"""Requests that are observed with the host sink and strace, beside drawn ones."""
OUTAGE: Final = (*(Request(),) * 10, *ON_OCCASION)
DRAWN: Final = 50
SELF_TEST: Final = (Request(), Request(), *ON_OCCASION)
"""Requests for each violation: the first one and later ones."""


def test_purity(check: Check, project: HealthSession) -> None:
    """For any request, no detector sees a query, a connection, a program, a file or any other outgoing call."""
    check.properties = PROPERTIES
    more = drawn(DRAWN)
    observations = [
        *project.observe_in_process(IN_PROCESS, examples=EXAMPLES),
        *project.observe_postgres_log([*LOGGED, *more]),
        *project.observe_strict_site([*TRACED, *more]),
    ]
    _conclude(check, observations)
    if project.strace_unavailable is not None:
        check.notes.append(f"One detector was not used: {project.strace_unavailable}")


def test_detectors(check: Check, control: HealthSession, server: Server) -> None:
    """Each detector sees every violation that it claims to see, and does not report a clean view."""
    check.properties = PROPERTIES
    self_test = DetectorSelfTest(
        [
            *control.observe_in_process(SELF_TEST),
            *control.observe_postgres_log(SELF_TEST),
            *control.observe_strict_site(SELF_TEST),
            *_observe_outage(control, server, SELF_TEST[:1]),
        ]
    )
    check.tables.append(self_test.table())
    if control.strace_unavailable is not None:
        check.notes.append(f"One detector was not tested: {control.strace_unavailable}")
    check.expect_none(self_test.failures(), "claims that do not hold")


def test_database_stopped(check: Check, project: HealthSession, server: Server) -> None:
    """With the database stopped the endpoint still answers 200."""
    check.properties = PROPERTIES
    _conclude(check, _observe_outage(project, server, OUTAGE))


def test_whole_run(check: Check, project: HealthSession) -> None:
    """A server that is asked once a second from the first check to the last does nothing but answer."""
    check.properties = PROPERTIES
    observations, seconds = project.observe_steadily_asked()
    check.measure("asked for", round(seconds, 1), "s")
    _conclude(check, observations)
    if project.strace_unavailable is not None:
        check.notes.append(f"Only the host sink has watched it: {project.strace_unavailable}")


def _observe_outage(session: HealthSession, server: Server, requests: Sequence[Request]) -> list[Observation]:
    session.wait()
    connections.close_all()
    with outage(server):
        return session.observe_without_database(requests)


def _conclude(check: Check, observations: Sequence[Observation]) -> None:
    """Add the observations to the evidence, and fail with those that are not clean."""
    blind_to = {detector.name: detector.blind_to for detector in ALL}
    columns = ("detector", "subject", "requests", "calls seen", "answers other than 200", "blind to")
    rows = [
        (seen.detector, seen.subject, seen.requests, len(seen.seen), len(seen.wrong), blind_to[seen.detector])
        for seen in observations
    ]
    check.tables.append(Table("What the detectors saw", columns, rows))
    check.measurements += [
        Measurement(f"{seen.detector}, {seen.subject}: seen", len(seen.seen), "calls", 0)
        for seen in observations
    ]
    unclean = [seen for seen in observations if not seen.clean]
    check.expect_none([_finding(check.name, unclean)] if unclean else [])


def _finding(rule: str, unclean: Sequence[Observation]) -> Finding:
    """Return one finding of all detectors: what they saw has one cause, the code that makes the call."""
    calls = list(dict.fromkeys(call for seen in unclean for call in seen.seen))
    places = dict.fromkeys(found["place"] for found in PLACE.finditer(" ".join(calls)))
    answers = list(dict.fromkeys(answer for seen in unclean for answer in seen.wrong))
    kinds = list(dict.fromkeys(PLACE.sub("", call)[:120] for call in calls))
    said = [f"makes calls: {'; '.join(kinds[:2])}"] if kinds else []
    said += [f"answers other than 200: {', '.join(answers)}"] if answers else []
    return Finding(
        rule=rule,
        message=f"the health endpoint {' and '.join(said) or 'was not requested'}",
        places=tuple(Place.of(place) for place in places),
        evidence=tuple(str(seen) for seen in unclean),
    )
