"""Certificates are renewed under load: no restart, no failed request, both sides use the new ones."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import pytest
import requests

from deploy.tests.engine import System, wait_for
from deploy.tests.shop import Shop

CLIENTS: Final = 3
SERIALS: Final = """
CREATE FUNCTION pg_temp.serials(address inet, since timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    seen text;
BEGIN
    FOR attempt IN 1..6000 LOOP
        PERFORM pg_stat_clear_snapshot();
        SELECT string_agg(DISTINCT client_serial::text, ',') INTO seen
            FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
            WHERE client_addr = address AND backend_start > since;
        EXIT WHEN seen IS NOT NULL;
        PERFORM pg_sleep(0.005);
    END LOOP;
    RETURN seen;
END $$;
SELECT pg_temp.serials('{address}', '{since}')
"""
"""Looks every 5 ms, in the server: a connection of the worker lives for some 40 ms."""


@dataclass
class Load:
    """The statuses that customers got during a change."""

    statuses: list[int] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, url: str) -> None:
        """Request an order, which needs a query, until told to stop; 0 means no answer."""
        while not self.stop.is_set():
            try:
                self.statuses.append(requests.get(url, timeout=20).status_code)
            except requests.RequestException:
                self.statuses.append(0)


@contextmanager
def customers(shop: Shop, order_id: str) -> Iterator[Load]:
    """Request an order all the time, as customers do."""
    load = Load()
    url = f"{shop.web}/v1/order-status/{order_id}"
    threads = [threading.Thread(target=load.run, args=(url,)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.stop.set()
        for thread in threads:
            thread.join(timeout=30)


@pytest.mark.parametrize("what", ["certificates", "authority"])
def test_renewal_fails_no_request(system: System, shop: Shop, what: str) -> None:
    """Requests go on while everything is renewed; then server, web and worker all use what is new."""
    order_id = shop.scan("Yookassa polling")
    processes = {name: _started(system, name) for name in ("database", "web", "worker")}
    before = {
        "server": _server_serial(system),
        "client": _client_serial(system),
        "authority": _authority(system),
    }
    with customers(shop, order_id) as load:
        wait_for("requests before", lambda: len(load.statuses) > 10)
        system.execute("renewal", "bash", "/certificates.sh", "--renew", what, user="root")
        since = system.query("SELECT now()")
        wait_for("the database's new certificate", lambda: _server_serial(system) != before["server"])
        for service in ("web", "worker"):
            _await_new_client_certificate(system, service, since)
        reached = len(load.statuses)
        wait_for("requests after", lambda: len(load.statuses) > reached + 10)
    assert set(load.statuses) == {200}, f"{len(load.statuses)} requests"
    assert _client_serial(system) != before["client"]
    assert (_authority(system) != before["authority"]) == (what == "authority")
    assert {name: _started(system, name) for name in processes} == processes


def test_payment_after_renewals(shop: Shop) -> None:
    """A whole order goes through on the renewed certificates."""
    order_id = shop.scan("Yookassa webhook")
    shop.pay(shop.initiate(order_id))
    shop.await_made(order_id)


def test_old_authority_is_dropped_when_nothing_needs_it(system: System, shop: Shop) -> None:
    """The run after an authority's renewal leaves one authority; what it signed goes on working."""
    system.execute("renewal", "bash", "/certificates.sh", "--renew", "authority", user="root")
    assert _authorities(system) == 2
    serial = _server_serial(system)
    assert "new certificate" not in system.execute(
        "renewal", "bash", "/certificates.sh", "--renew", user="root"
    )
    assert _authorities(system) == 1
    assert _server_serial(system) == serial
    assert shop.get("/v1/order-status/unknown").status_code == 404


def test_renewal_is_for_what_ends_soon(system: System) -> None:
    """Nothing is renewed before the limit; within it the certificates are renewed, the authority is not."""
    kept = (_server_serial(system), _client_serial(system), _authority(system))
    system.execute("renewal", "bash", "/certificates.sh", "--renew", user="root")
    assert (_server_serial(system), _client_serial(system), _authority(system)) == kept
    system.execute(
        "renewal", "env", "RENEW_BEFORE_DAYS=91", "bash", "/certificates.sh", "--renew", user="root"
    )
    wait_for("the database's new certificate", lambda: _server_serial(system) != kept[0])
    assert _client_serial(system) != kept[1]
    assert _authority(system) == kept[2]


def test_keys_are_private(system: System) -> None:
    """Only its owner can read a key, and the authority's key is in no other container."""
    listed = system.execute(
        "renewal",
        "bash",
        "-c",
        "stat -c '%n %a %U' /run/key/server.pem /run/tls/client.key /run/authority/ca.key",
    )
    assert listed.split() == [
        "/run/key/server.pem", "600", "postgres",
        "/run/tls/client.key", "600", "UNKNOWN",
        "/run/authority/ca.key", "600", "root",
    ]  # fmt: skip
    for service in ("database", "web", "worker"):
        assert system.execute(service, "sh", "-c", "find / -name ca.key 2>/dev/null || true") == ""


@pytest.mark.parametrize("arguments", [("--renew", "everything"), ("--reload",)])
def test_script_refuses_what_it_does_not_know(system: System, arguments: tuple[str, ...]) -> None:
    """A misspelt argument changes nothing and is named."""
    with pytest.raises(RuntimeError, match=r"ended with 2: certificates: .*(everything|--renew)"):
        system.execute("renewal", "bash", "/certificates.sh", *arguments, user="root")


def _await_new_client_certificate(system: System, service: str, since: str) -> None:
    """Wait for a connection made since then; PostgreSQL names the serial of the certificate that it showed."""
    serial = int(_client_serial(system), 16)
    seen = system.query(SERIALS.format(address=system.address(service), since=since))
    assert seen, f"{service} has made no new connection"
    assert {int(each) for each in seen.split(",")} == {serial}


def _server_serial(system: System) -> str:
    """Return the serial of the certificate that the running server presents to a new connection."""
    code = (
        "echo | openssl s_client -starttls postgres -connect 127.0.0.1:5432 -CAfile /run/key/authorities.pem"
        " -verify_return_error -verify_hostname database 2>/dev/null | openssl x509 -noout -serial"
    )
    return system.execute("database", "bash", "-c", code).strip()


def _client_serial(system: System) -> str:
    command = ("openssl", "x509", "-in", "/run/tls/client.pem", "-noout", "-serial")
    return system.execute("renewal", *command, user="root").strip().removeprefix("serial=")


def _authority(system: System) -> str:
    command = ("openssl", "x509", "-in", "/run/authority/ca.pem", "-noout", "-fingerprint")
    return system.execute("renewal", *command, user="root").strip()


def _authorities(system: System) -> int:
    return system.execute("web", "cat", "/run/tls/ca.pem").count("BEGIN CERTIFICATE")


def _started(system: System, service: str) -> str:
    container = system.container(service)
    container.reload()
    return str(container.attrs["State"]["StartedAt"])
