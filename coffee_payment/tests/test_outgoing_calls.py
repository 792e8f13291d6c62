"""Outgoing calls: bounded in time and size, typed errors, masked log lines."""

import json
import logging
import socket
import threading

import pytest
from payments.outgoing.errors import (
    ProviderBadAnswer,
    ProviderError,
    ProviderRejected,
    ProviderTimeout,
    ProviderUnavailable,
)
from payments.outgoing.http import call_json
from payments.providers.yookassa import client as yookassa
from provider_servers import Fault

from tests.shop import Providers

HEARTBEAT = "/api/ui/v1/stat/heartbeat/recent"
HEADERS = {"Authorization": "Bearer very-secret-token"}


def ask(providers: Providers) -> object:
    return call_json("POST", providers.server.url + HEARTBEAT, body={"deviceIds": ["a"]}, headers=HEADERS)


@pytest.mark.parametrize(
    ("fault", "error", "temporary"),
    [
        (Fault("delay", seconds=60), ProviderTimeout, True),
        (Fault("drip", seconds=0.2), ProviderTimeout, True),
        (Fault("drop"), ProviderUnavailable, True),
        (Fault("drop_after"), ProviderUnavailable, True),
        (Fault("status", status=429), ProviderUnavailable, True),
        (Fault("status", status=500), ProviderUnavailable, True),
        (Fault("status", status=503), ProviderUnavailable, True),
        (Fault("garbage"), ProviderBadAnswer, True),
        (Fault("huge"), ProviderBadAnswer, True),
        (Fault("redirect"), ProviderBadAnswer, True),
        (Fault("status", status=400), ProviderRejected, False),
        (Fault("status", status=401), ProviderRejected, False),
        (Fault("status", status=404), ProviderRejected, False),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else None,
)
def test_each_fault_has_its_error(
    providers: Providers, fault: Fault, error: type[ProviderError], temporary: bool
) -> None:
    """Each fault of a provider becomes one typed error, and the call always ends."""
    providers.server.faults.add(fault)

    with pytest.raises(error) as caught:
        ask(providers)

    assert type(caught.value) is error
    assert caught.value.temporary is temporary


def test_a_refused_connection_is_unavailable(settings: object) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(ProviderUnavailable):
        call_json("GET", f"http://127.0.0.1:{port}/")


def test_a_redirect_is_not_followed(providers: Providers) -> None:
    providers.server.faults.add(Fault("redirect"))

    with pytest.raises(ProviderBadAnswer):
        ask(providers)

    assert [call.path for call in providers.server.calls] == [HEARTBEAT]


def test_an_abandoned_call_leaves_no_thread(providers: Providers) -> None:
    """At the deadline the thread of a call ends at once, although the peer keeps sending."""
    before = set(threading.enumerate())
    providers.server.faults.add(Fault("drip", seconds=0.2))

    with pytest.raises(ProviderTimeout):
        ask(providers)

    for thread in set(threading.enumerate()) - before:
        if thread.name.endswith("(run)"):
            thread.join(5)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    "content", [b"NaN of it", b"[" * 100_000, b"1" * 5000, b"\xff\xfe\x80"], ids=lambda value: value[:9].hex()
)
def test_unreadable_json_is_a_bad_answer(settings: object, content: bytes) -> None:
    """Broken or too deep JSON and too long numbers are a bad answer, not another exception."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n\r\n"
                connection.sendall(head.encode() + content)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(ProviderBadAnswer):
            call_json("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()


def test_the_log_line_tells_everything_but_secrets(
    providers: Providers, caplog: pytest.LogCaptureFixture
) -> None:
    """Method, host, path, parameters, status and duration are logged; keys and whole e-mails are not."""
    body = {
        "customer": {"email": "anna@example.com"},
        "Token": "signature",
        "TerminalKey": "terminal",
        "n": 1,
    }

    with caplog.at_level(logging.INFO, "payments.outgoing.http"):
        call_json(
            "POST",
            providers.server.url + HEARTBEAT,
            body=body,
            headers=HEADERS,
            auth=None,
        )

    record = next(each for each in caplog.records if each.message == "outgoing call")
    fields = vars(record)
    assert (fields["method"], fields["host"], fields["path"]) == ("POST", "127.0.0.1", HEARTBEAT)
    assert fields["status"] == 200
    assert fields["duration_ms"] >= 0
    assert fields["parameters"] == {
        "customer": {"email": "ann***"},
        "Token": "***",
        "TerminalKey": "***",
        "n": 1,
    }
    written = json.dumps({name: str(value) for name, value in fields.items()})
    assert "very-secret-token" not in written
    assert "anna@example.com" not in written


@pytest.mark.parametrize("value", ["9e999999", "-9e999999", "NaN", "Infinity", "1e-999999"])
def test_an_absurd_amount_is_none_of_ours(value: str) -> None:
    """Any number in the answer can be compared without an error."""
    assert yookassa._amount({"value": value, "currency": "RUB"}) != 5000
