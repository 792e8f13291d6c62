"""The table of cases is sound, and running it catches a server or a client that does otherwise."""

from collections.abc import Iterator

import pytest

from verification.errors import CannotRun
from verification.postgres import providers
from verification.postgres.server import Database, Server
from verification.transport.case_run import run_cases
from verification.transport.cases import CASES, IN_CLEAR, IN_TLS, MISSING, Case
from verification.transport.tls_server import CONFIGURATIONS, TlsTestServer

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def tls_server() -> Iterator[Server]:
    """A TLS server of this module's own: parallel workers share only a plain one."""
    with providers.start("embedded", tls=True) as server:
        yield server


@pytest.fixture(scope="module")
def case_server(tls_server: Server) -> Iterator[TlsTestServer]:
    """A TLS server with certificates and rules."""
    with TlsTestServer(tls_server) as case_server:
        yield case_server


def test_the_numbers_of_the_cases_leave_none_out() -> None:
    """Each number is there once; every server configuration is used."""
    numbers = [case.number for case in CASES]

    kinds = {int("".join(filter(str.isdigit, number))) for number in numbers}
    assert kinds == set(range(1, max(kinds) + 1))
    assert len(numbers) == len(set(numbers))
    assert {case.server for case in CASES} == set(CONFIGURATIONS)


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=lambda case: case.number)
def test_each_refusal_has_a_control_that_differs_in_one_attribute(case: Case) -> None:
    """The control connects, so the one attribute is the cause."""
    control = next(other for other in CASES if other.number == case.control)

    assert not control.refused
    assert len(case.differences(control)) == 1


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        (
            [Case("1", "in clear?", "good", "require", IN_CLEAR)],
            "expected 'connected in clear', got 'connected over",
        ),
        ([Case("1", "refused?", "good", "require", "certificate verify failed")], "got 'connected over TLS'"),
        ([Case("1", "wrong words", "good", "verify-ca", "no such words", root=MISSING)], "does not exist"),
        (
            [Case("1", "alone", "good", "verify-ca", "does not exist", root=MISSING)],
            "its control '' did not connect",
        ),
        (
            [
                Case("1", "two causes", "good", "verify-full", "does not exist", "2", root=MISSING),
                Case("2", "control", "good", "require", IN_TLS),
            ],
            "differs from its control in mode, root",
        ),
        (
            [
                Case("1", "refused", "good", "verify-ca", "does not exist", "2", root=MISSING),
                Case("2", "broken control", "other authority", "verify-ca", IN_TLS),
            ],
            "its control '2' did not connect",
        ),
    ],
)
def test_another_outcome_is_a_finding(case_server: TlsTestServer, cases: list[Case], words: str) -> None:
    """A wrong outcome, wrong words and a control that proves nothing are each named."""
    findings = run_cases(case_server, cases).findings()

    assert any(words in finding for finding in findings), findings


def test_a_case_that_cannot_run_here_is_omitted_with_its_reason(case_server: TlsTestServer) -> None:
    """A case for another version is named, and does not count as passed."""
    results = run_cases(case_server, [case for case in CASES if case.number in {"1a", "23a", "23b"}])

    reason = results.omitted["23b" if case_server.server.major >= 17 else "23a"]
    assert f"this is {case_server.server.major}" in reason
    assert results.findings() == []


def test_the_server_is_what_it_was_afterwards(tls_server: Server) -> None:
    """Rules and certificates of the cases are gone, and the server runs."""
    with TlsTestServer(tls_server) as case_server:
        case_server.apply("without TLS")
        assert _ssl(tls_server) == "off"

    assert _ssl(tls_server) == "on"
    assert not case_server.directory.exists()


def test_a_server_without_tls_ends_in_one_line(server: Server) -> None:
    """If the server has no TLS, the error says where and what to do."""
    with pytest.raises(CannotRun, match=r"the server at \S+ has no certificates of the harness; use --"):
        TlsTestServer(server)


def _ssl(server: Server) -> str:
    ((value,),) = Database(server, "postgres").execute("SHOW ssl")
    return str(value)
