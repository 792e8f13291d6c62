"""A run whose check does not end: the silent server is named, and the run ends although nothing reacts to signals."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Final

import pytest

from verification.postgres.answers import is_silent
from verification.suite import watch
from verification.suite.watch import Watch
from verification.tests.suite.gate_runs import environment


@pytest.fixture
def silent() -> Iterator[Any]:
    """A server that accepts and never answers, as one whose postmaster was stopped by a signal."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield _server(listener.getsockname()[1])


def _server(port: int) -> Any:
    def url(**parameters: str) -> str:
        return f"postgresql://u@127.0.0.1:{port}/x?sslmode=disable&connect_timeout={parameters['connect_timeout']}"

    return SimpleNamespace(provider="embedded", address=f"127.0.0.1:{port}", url=url)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits for a test; libpq takes no connection limit below two seconds."""
    monkeypatch.setattr(watch, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(watch, "ANSWER_SECONDS", 2)
    monkeypatch.setattr(watch, "END_SECONDS", 0.1)


def watched(servers: list[Any], limit: float) -> tuple[Watch, list[str]]:
    reasons: list[str] = []
    return Watch(lambda: servers, limit, reasons.append, pytest.fail), reasons


def test_a_silent_server_is_named_and_the_check_interrupted(
    silent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason has its address and the check that waited for it."""
    monkeypatch.setattr(watch, "END_SECONDS", 30.0)
    watching, reasons = watched([silent], 600)
    watching.begin("schema.squash")
    watching.start()
    with pytest.raises(KeyboardInterrupt):
        threading.Event().wait(30)
    watching.end()

    assert len(reasons) == 1
    assert reasons[0].startswith(
        f"the embedded server at {silent.address} does not answer within 2 s (in schema.squ"
    )


def test_a_check_that_does_not_end_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its servers answer, if only with an error; it has its own limit."""
    monkeypatch.setattr(watch, "END_SECONDS", 30.0)
    monkeypatch.setattr(watch, "is_silent", lambda _server, _seconds: False)
    watching, reasons = watched([_server(1)], -30)
    watching.begin("health.latency")
    watching.start()
    with pytest.raises(KeyboardInterrupt):
        threading.Event().wait(30)
    watching.end()

    assert "health.latency does not end within" in reasons[0]


def test_a_server_that_refuses_is_not_silent() -> None:
    """Nobody listens while a check restarts its server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert not is_silent(_server(port), 2)


def test_nothing_is_watched_between_checks(silent: Any) -> None:
    """A run that is not in a check ends by itself."""
    watching, reasons = watched([silent], 0)
    watching.start()
    watching.begin("a.b")
    watching.pause()
    time.sleep(0.7)
    watching.end()

    assert reasons == []


DEAF = """
import signal, time
from verification.processes import supervised
supervised.END_SECONDS = 0.3
def work():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    print("ready", flush=True)
    time.sleep(60)
    return 0
print(supervised.run_supervised(work, SECONDS), flush=True)
"""


@pytest.mark.parametrize("seconds", ["0.3", "600"])
def test_a_run_that_no_signal_reaches_is_killed(seconds: str) -> None:
    """After Ctrl-C, and at the limit of the run."""
    with subprocess.Popen(
        [sys.executable, "-c", DEAF.replace("SECONDS)", f"{seconds})")],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if seconds == "600":
            process.terminate()
        assert process.stdout.readline() == "-9\n"


BACKGROUND: Final = """
import signal, sys, threading, time
from verification.processes import supervised
from verification.suite import watch
watch.PATIENCE_SECONDS, watch.END_SECONDS = 0, 0.2
def work():
    watching = watch.Watch(lambda: [], 0.1, lambda reason: print(reason, flush=True), sys.exit)
    if sys.argv[1] == "check":
        watching.begin("schema.squash")
        watching.start()
    try:
        threading.Event().wait(60)
    except KeyboardInterrupt:
        print("cleaned up", flush=True)
    watching.end()
    return 0
print(supervised.run_supervised(work, 0.3 if sys.argv[1] == "run" else 600))
"""


@pytest.mark.parametrize("limit", ["check", "run"])
def test_limits_end_a_run_that_ignores_interrupts_from_its_start(limit: str) -> None:
    """A shell without job control starts what it leaves in the background with SIGINT ignored."""
    ended = subprocess.run(
        ["/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", BACKGROUND, limit],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ended.stdout.endswith("cleaned up\n0\n")
