"""The table of cases is sound, and running it catches a server or a client that does otherwise."""

from collections.abc import Iterator

import pytest

from verification.errors import CannotRun
from verification.postgres import providers
from verification.postgres.server import Database, Server
from verification.transport.cases import CASES, IN_CLEAR, IN_TLS, MISSING, Case
from verification.transport.run import run
from verification.transport.tls_server import CONFIGURATIONS, Stage

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def tls_server() -> Iterator[Server]:
    """A TLS server of this module's own: parallel workers share only a plain one."""
    with providers.start("embedded", tls=True) as server:
        yield server


@pytest.fixture(scope="module")
def stage(tls_server: Server) -> Iterator[Stage]:
    """A TLS server with certificates and rules."""
    with Stage(tls_server) as stage:
        yield stage


def test_all_26_cases_are_in_the_table() -> None:
    """Numbers are the design's, each once; every server configuration is used."""
    numbers = [case.number for case in CASES]

    assert {int("".join(filter(str.isdigit, number))) for number in numbers} == set(range(1, 27))
    assert len(numbers) == len(set(numbers))
    assert {case.server for case in CASES} == set(CONFIGURATIONS)


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=lambda case: case.number)
def test_each_refusal_has_a_control_that_differs_in_one_attribute(case: Case) -> None:
    """The control connects, so the one attribute is the cause."""
    control = next(each for each in CASES if each.number == case.control)

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
def test_what_comes_out_otherwise_is_a_fault(stage: Stage, cases: list[Case], words: str) -> None:
    """A wrong outcome, wrong words and a control that proves nothing are each named."""
    faults = run(stage, cases).faults()

    assert any(words in fault for fault in faults), faults


def test_a_case_that_cannot_be_shown_here_is_left_out_with_its_reason(stage: Stage) -> None:
    """A case for another version is named, never passed in silence."""
    found = run(stage, [case for case in CASES if case.number in {"1a", "23a", "23b"}])

    reason = found.left_out["23b" if stage.server.major >= 17 else "23a"]
    assert f"this is {stage.server.major}" in reason
    assert found.faults() == []


def test_the_server_is_what_it_was_afterwards(tls_server: Server) -> None:
    """Rules and certificates of the cases are gone, and the server goes on."""
    with Stage(tls_server) as stage:
        stage.serve("without TLS")
        assert _ssl(tls_server) == "off"

    assert _ssl(tls_server) == "on"
    assert not stage.directory.exists()


def test_a_server_without_tls_ends_in_one_line(server: Server) -> None:
    """Where TLS is asked for and there is none, the line says where and what to do."""
    with pytest.raises(CannotRun, match=r"transport: the server at \S+ offers no TLS .*; use --provider"):
        Stage(server)


def _ssl(server: Server) -> str:
    ((value,),) = Database(server, "postgres").execute("SHOW ssl")
    return str(value)
