"""The whole system of compose.yaml: from the scan to the make command, also when a service dies."""

import threading
import uuid
from collections.abc import Iterator
from typing import Any, Final

import pytest

from deploy.tests.compose import Compose
from deploy.tests.engine import System, wait_for
from deploy.tests.shop import Shop

MAKE: Final = "/api/commander/v1/command/make"
SLOW: Final = 1.4
"""Seconds of a slow answer: below PAYMENT_API_TIMEOUT_S, and long enough to be killed in."""
FAREWELL: Final = ("", "worker: Warm shutdown (MainProcess)")
"""What Celery prints outside of logging when it stops."""
BOTH: Final = ("Yookassa", "TBank")


@pytest.fixture(autouse=True)
def _providers_are_well_again(shop: Shop) -> Iterator[None]:
    """Remove faults that a test has left."""
    yield
    for provider in shop.providers:
        shop.forgive(provider)


@pytest.mark.parametrize("service", ["web", "worker"])
def test_database_is_reached_over_tls_with_a_client_certificate(
    system: System, shop: Shop, service: str
) -> None:
    """PostgreSQL itself sees TLS and the client's certificate on every connection of web and worker."""
    columns = "count(*), bool_and(ssl), min(version), min(client_dn)"
    query = (
        f"SELECT {columns} FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
        f"WHERE client_addr = '{system.address(service)}'"
    )
    # The worker is connected only during a check; a slow provider makes the check long enough to see it.
    order_id = shop.scan("Yookassa polling")
    address = shop.initiate(order_id)
    payment_id = address.rsplit("/", 1)[1]
    shop.control("yookassa", "faults", kind="delay", path=f"/v3/payments/{payment_id}", seconds=SLOW)

    def seen() -> str | None:
        shop.get("/v1/order-status/unknown")
        row = system.query(query)
        return row if not row.startswith("0") else None

    row = wait_for(f"a connection of {service}", seen, within=30)
    shop.forgive("yookassa")
    shop.settle(address)
    shop.await_made(order_id)
    assert row.split("|")[1:] == ["t", "TLSv1.3", "/CN=coffee"]


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ("sslmode=disable", "no pg_hba.conf entry"),
        ("sslmode=verify-full sslcert=none sslkey=none", "requires a valid client certificate"),
        ("sslmode=verify-full host=DATABASE_ADDRESS", "does not match host name"),
        ("sslmode=verify-full sslrootcert=/run/other.pem", "certificate verify failed"),
        ("sslmode=verify-full user=other", 'authentication failed for user "other"'),
    ],
    ids=["plain", "no certificate", "another name", "another authority", "another user"],
)
def test_database_refuses_every_weaker_connection(
    system: System, shop: Shop, parameters: str, refusal: str
) -> None:
    """The control connects; each connection with one thing missing is refused, with the reason."""
    control = (
        "host=database dbname=coffee user=coffee sslmode=verify-full sslcert=/run/tls/client.pem"
        " sslkey=/run/tls/client.key sslrootcert=/run/tls/ca.pem"
    )
    weaker = parameters.replace("DATABASE_ADDRESS", system.address("database"))
    code = (
        "import os, psycopg2, sys\n"
        "try:\n    psycopg2.connect(sys.argv[1], password=os.environ['DB_PASSWORD'])\n"
        "except psycopg2.OperationalError as error:\n    print(error)\n"
    )
    if "user=other" in weaker:  # with the same password, so that only the certificate is wrong
        hashed = "(SELECT rolpassword FROM pg_authid WHERE rolname = 'coffee')"
        system.query(
            f"CREATE ROLE other LOGIN; UPDATE pg_authid SET rolpassword = {hashed} WHERE rolname = 'other'"
        )
    if "other.pem" in weaker:  # an authority that signed nothing here
        other = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other -keyout /dev/null 2>/dev/null"
        pem = system.execute("database", "bash", "-c", other)
        code = f"open('/tmp/other.pem', 'w').write({pem!r})\n{code}"
        weaker = weaker.replace("/run/other.pem", "/tmp/other.pem")
    assert system.execute("web", "python", "-c", code, control) == ""
    assert refusal in system.execute("web", "python", "-c", code, f"{control} {weaker}")
    if "user=other" in weaker:  # the reason is only in the server's log
        assert 'certificate validation (clientcert=verify-full) failed for user "other"' in system.logs(
            "database"
        )


@pytest.mark.parametrize("scenario", BOTH)
def test_scan_pay_webhook_make(shop: Shop, scenario: str) -> None:
    """A customer scans and pays; the notification, also a repeated one, leads to one make command."""
    order_id = shop.scan(f"{scenario} webhook")
    address = shop.initiate(order_id)
    assert shop.status(order_id) == "pending"
    shop.pay(address)
    shop.await_made(order_id)
    assert shop.settle(address, notify=True) == {"answered": 200}
    assert (shop.status(order_id), shop.made(order_id)) == ("make_pending", 1)


@pytest.mark.parametrize("scenario", BOTH)
def test_scan_pay_polling_make(shop: Shop, scenario: str) -> None:
    """Without a notification the worker asks the provider, and sends one make command."""
    order_id = shop.scan(f"{scenario} polling")
    shop.settle(shop.initiate(order_id))
    shop.await_made(order_id)


def test_worker_killed_while_it_asks_the_provider(system: System, shop: Shop) -> None:
    """After the lease of the dead worker the next one asks again: one make command is sent."""
    order_id = shop.scan("Yookassa polling")
    address = shop.initiate(order_id)
    payment_id = address.rsplit("/", 1)[1]
    shop.control("yookassa", "faults", kind="delay", path=f"/v3/payments/{payment_id}", seconds=SLOW)
    shop.settle(address)
    before = _calls(shop, "yookassa", payment_id)
    wait_for("a question", lambda: _calls(shop, "yookassa", payment_id) > before, pause=0.03)
    _kill(system, "worker")
    assert (shop.status(order_id), shop.made(order_id)) == ("pending", 0)
    shop.forgive("yookassa")
    system.container("worker").start()
    shop.await_made(order_id)


def test_worker_killed_while_it_sends_the_make_command(system: System, shop: Shop) -> None:
    """The machine may have got the command, so it is not repeated: staff is told to look at the machine."""
    order_id = shop.scan("TBank polling")
    address = shop.initiate(order_id)
    shop.control("tmetr", "faults", kind="delay", path=MAKE, seconds=SLOW)
    shop.settle(address)
    shop.await_call("tmetr", "POST", f'"orderUuid": "{order_id}"')
    _kill(system, "worker")
    assert shop.status(order_id) == "make_pending"
    shop.forgive("tmetr")
    system.container("worker").start()
    another = shop.scan("TBank polling")  # once this one is made, the worker has completed a tick
    shop.settle(shop.initiate(another))
    shop.await_made(another)
    shop.await_made(order_id)


@pytest.mark.parametrize("service", ["queue", "database"])
def test_restarted_under_pending_orders(system: System, shop: Shop, service: str) -> None:
    """Redis or PostgreSQL restarts: orders from before and after are made once each."""
    before = shop.scan("Yookassa polling")
    address = shop.initiate(before)
    system.container(service).restart(timeout=20)
    system.await_healthy(service)
    shop.settle(address)
    after = shop.scan("TBank polling")
    shop.settle(shop.initiate(after))
    for order_id in (before, after):
        shop.await_made(order_id)


def test_web_told_to_end_answers_what_it_has_begun(system: System, shop: Shop, compose: Compose) -> None:
    """A scan that waits for TMetr while the container is stopped still gets its page; no SIGKILL is needed."""
    shop.control("tmetr", "faults", kind="delay", path="/api/ui/v1/static/drink", seconds=SLOW, times=1)
    answers: list[Any] = []
    scan = threading.Thread(target=lambda: answers.append(_bare_scan(shop)))
    scan.start()
    shop.await_call("tmetr", "POST", "interrupted")
    try:
        assert _stop(system, compose, "web") == 0
        scan.join(timeout=30)
        assert [answer.status_code for answer in answers] == [302]
    finally:
        system.container("web").start()
        system.await_healthy("web")


def test_worker_told_to_end_finishes_what_it_has_begun(system: System, shop: Shop, compose: Compose) -> None:
    """A check that is under way while the container is stopped is finished; no SIGKILL is needed."""
    order_id = shop.scan("Yookassa polling")
    address = shop.initiate(order_id)
    payment_id = address.rsplit("/", 1)[1]
    shop.control("yookassa", "faults", kind="delay", path=f"/v3/payments/{payment_id}", seconds=SLOW / 2)
    shop.settle(address)
    before = _calls(shop, "yookassa", payment_id)
    wait_for("a question", lambda: _calls(shop, "yookassa", payment_id) > before, pause=0.03)
    try:
        assert _stop(system, compose, "worker") == 0
        # Made, or, on a busy machine, a counted failed check: no claim is left.
        acted_on = f"SELECT status = 'make_pending' OR check_attempts > 0 FROM payments_order WHERE id = '{order_id}'"
        assert system.query(acted_on) == "t"
    finally:
        system.container("worker").start()
    shop.forgive("yookassa")
    shop.await_made(order_id)


def test_beat_told_to_end_ends(system: System, shop: Shop, compose: Compose) -> None:
    """Beat ticks again when it is started."""
    try:
        assert _stop(system, compose, "beat") == 0
    finally:
        system.container("beat").start()
    order_id = shop.scan("TBank polling")
    shop.settle(shop.initiate(order_id))
    shop.await_made(order_id)


@pytest.mark.parametrize("service", ["worker", "beat"])
def test_worker_and_beat_are_healthy_by_their_own_checks(
    system: System, shop: Shop, compose: Compose, service: str
) -> None:
    """Worker and beat become healthy again after a kill, a restart and a lost Redis."""
    health = compose.services[service].health
    assert health is not None
    kind, command = health.test
    assert kind == "CMD-SHELL"
    container = system.container(service)
    wait_for(f"{service}'s own check", lambda: container.exec_run(["sh", "-c", command]).exit_code == 0)


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_standard_output_is_json_lines_alone(system: System, service: str) -> None:
    """Every line of a container, also of its restarts, is JSON: no banner and no traceback."""
    written = system.container(service).logs(stdout=True, stderr=False).decode().splitlines()
    strange = [line for line in written if not line.startswith('{"timestamp": "') and line not in FAREWELL]
    assert (len(written) > 5, strange[:5]) == (True, [])


def test_nothing_was_lost(system: System, shop: Shop) -> None:
    """In the end every paid order has one make command, and none is left in `paid`.

    The order whose worker was killed while it sent the command is with staff after a minute.
    """
    rows = system.query(
        "SELECT status, count(*) FROM payments_order GROUP BY status HAVING status NOT IN ('created', 'pending')",
    )
    counts = dict(row.split("|") for row in rows.splitlines())
    assert counts.keys() <= {"make_pending", "manual_make"}
    assert int(counts.get("manual_make", 0)) <= 1
    ordered = [command["orderUuid"] for command in shop.control("tmetr", "tmetr")["commands"]]
    paid = system.query(
        "SELECT id FROM payments_order WHERE status = 'make_pending' OR status = 'manual_make' AND make_sent_at IS NOT NULL"
    ).splitlines()
    assert sorted(ordered) == sorted(paid)


def _bare_scan(shop: Shop) -> Any:
    return shop.get(
        "/v1/pay",
        deviceUuid=shop.devices["Yookassa polling"],
        drinkName="Эспрессо",
        drinkNo="interrupted",
        uuid=str(uuid.uuid4()),
        size="0",
    )


def _calls(shop: Shop, provider: str, text: str) -> int:
    return sum(text in call["path"] for call in shop.control(provider, "calls"))


def _stop(system: System, compose: Compose, service: str) -> int:
    """Stop a service as compose does; return its exit status, which is 137 after a SIGKILL."""
    container = system.container(service)
    container.stop(timeout=round(compose.services[service].stop_grace_period))
    return int(container.wait(timeout=20)["StatusCode"])


def _kill(system: System, service: str) -> None:
    container = system.container(service)
    container.kill(signal="SIGKILL")
    container.wait(timeout=20)
