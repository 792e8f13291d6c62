"""The figures for Prometheus, and what asks for them: the alerts, their pages, and the dashboard."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

import promql_parser
import pytest
import yaml
from django.db import connection, transaction
from django.test import Client
from payments.background import figures
from payments.models import Order, Payment
from payments.orders import states
from payments.orders.states import Cause
from payments.tasks import check_pending_payments
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from provider_servers import Fault

from tests.shop import Providers, Shop
from tests.test_truth import break_it, gone
from verification.processes.wait import wait_for

ROOT: Final = Path(__file__).parents[2]
MONITORING: Final = ROOT / "deploy" / "monitoring"
RULES: Final = yaml.safe_load((MONITORING / "rules.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
PANELS: Final = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))["panels"]


def scraped() -> dict[tuple[str, ...], float]:
    """What the worker's port shows: (name, values of the labels) -> value."""
    text = generate_latest(figures.scrape_registry()).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


Commits = Callable[..., AbstractContextManager[Any]]


def test_an_order_is_counted_from_scan_to_make(
    shop: Shop,
    providers: Providers,
    django_capture_on_commit_callbacks: Commits,
    settings: Any,
) -> None:
    settings.PAYMENT_CHECK_THREADS = 1
    before = scraped()
    order = shop.pending()
    providers.yookassa.settle(str(order.payment_reference_id), "succeeded")
    with django_capture_on_commit_callbacks(execute=True):
        check_pending_payments()
    after = scraped()

    def growth(*name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert [growth("order_steps_total", status) for status in ("paid", "make_pending")] == [1, 1]
    assert growth("paid_to_made_seconds_count") == 1
    assert growth("payment_check_runs_total") == 1


def test_a_step_that_is_rolled_back_is_not_counted(
    shop: Shop, django_capture_on_commit_callbacks: Commits
) -> None:
    order = shop.order(status="manual_make")
    before = scraped()
    with pytest.raises(LookupError), django_capture_on_commit_callbacks(execute=True):
        roll_back(order)

    made = ("order_steps_total", "successful")
    assert scraped()[made] == before.get(made, 0)


def roll_back(order: Order) -> None:
    with transaction.atomic():
        assert states.change(order.pk, Cause.STAFF_MADE, by="anna", why="made")
        raise LookupError


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault("status", path="/v3"), "ProviderUnavailable"),
        (Fault("status", path="/v3", status=403), "ProviderRejected"),
        (Fault("garbage", path="/v3"), "ProviderBadAnswer"),
        (Fault("delay", path="/v3", seconds=0.3), "ProviderTimeout"),
    ],
)
def test_errors_of_providers_are_counted_by_kind(
    shop: Shop, providers: Providers, settings: Any, fault: Fault, kind: str
) -> None:
    settings.PAYMENT_API_TIMEOUT_S = 0.05 if fault.kind == "delay" else 2
    order = shop.pending()
    providers.server.faults.add(fault)
    before = scraped()
    shop.notify("/v1/yook-pay-webhook", providers.yookassa.notification(str(order.payment_reference_id)))

    assert scraped()["provider_errors_total", "127.0.0.1", kind] == 1 + before.get(
        ("provider_errors_total", "127.0.0.1", kind), 0
    )


def test_the_database_is_asked_at_each_scrape(shop: Shop) -> None:
    break_it(shop, "lost")
    order = shop.order(status="manual_make", payment_reference_id="p-9")
    common = {"order": order, "merchant": shop.merchant, "amount": order.price, "status": "successful"}
    Payment.objects.create(**common, transaction_id="p-9")
    Payment.objects.create(**common, transaction_id="p-8", doubt="paid_twice")
    found = scraped()

    assert found["payment_figures_up",] == 1
    assert found["payment_breaches", "lost"] == 1
    assert found["payment_breaches", "made_twice"] == 0
    assert found["orders_open", "manual_make"] == 1
    assert found["payments_in_doubt", "paid_twice"] == 1
    assert found["staff_cases",] == 2
    assert 0 < found["staff_oldest_case_seconds",] < 60


def test_a_lost_database_leaves_the_counters(shop: Shop) -> None:
    with connection.execute_wrapper(gone):
        found = scraped()

    assert found["payment_figures_up",] == 0
    assert ("payment_check_runs_total",) in found
    assert not [name for name in found if name[0] == "payment_breaches"]


@pytest.mark.slow
def test_the_processes_of_a_real_worker_are_added_up(tmp_path: Path) -> None:
    """A Celery worker with two processes answers on its port, and leaves nothing behind."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [
        "-m",
        "celery",
        "-A",
        "coffee_payment",
        "--broker",
        "memory://",
        "--result-backend",
        "cache+memory://",
    ]
    options = ["worker", "--include", "tests.counting_pool", "--concurrency", "2", "--without-mingle"]
    with subprocess.Popen(
        [sys.executable, *command, *options],
        cwd=ROOT / "coffee_payment",
        env={**os.environ, "TMPDIR": str(tmp_path), "DEBUG": "true", "WORKER_METRICS_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as worker:
        try:
            assert wait_for(lambda: "payment_check_runs_total 2.0" in asked_at(port), seconds=60)
        finally:
            worker.terminate()
            worker.wait(30)

    assert list(tmp_path.iterdir()) == []


def asked_at(port: int) -> str:
    try:
        with urlopen(f"http://127.0.0.1:{port}", timeout=10) as response:
            return str(response.read().decode())
    except OSError:
        return ""


# What asks for the figures


def asked(query: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each metric of a query with the labels by which it is selected."""
    found: list[tuple[str, set[str]]] = []

    def visit(node: Any) -> bool:
        selector = node.vector_selector if isinstance(node, promql_parser.MatrixSelector) else node
        if isinstance(selector, promql_parser.VectorSelector):
            found.append((selector.name, {matcher.name for matcher in selector.matchers.matchers}))
        return True

    promql_parser.walk(promql_parser.parse(query), visit)
    yield from found


def unknown(query: str, known: dict[str, set[str]]) -> list[str]:
    """Return the metrics and labels of a query that no scrape shows."""
    metrics = list(asked(query))
    wrong = [name for name, labels in metrics if not labels <= known.get(name, labels)]
    labels = set().union(*(known.get(name, set()) for name, _ in metrics))
    grouped = [label for group in re.findall(r"by \(([^)]*)\)", query) for label in group.split(", ")]
    return (
        wrong
        + [name for name, _ in metrics if name not in known]
        + [each for each in grouped if each not in labels]
    )


@pytest.fixture
def known(shop: Shop, settings: Any) -> dict[str, set[str]]:
    """Every metric that a scrape of web server and worker shows, with its labels."""
    settings.HEALTH_METRICS_ENABLED = True
    figures.serve()
    text = generate_latest(figures.scrape_registry()).decode()
    text += Client().get("/health/metrics").content.decode().replace("# EOF", "")
    names: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            names.setdefault(sample.name, set()).update(sample.labels)
    # Series that begin with the first event.
    return names | {"provider_errors_total": {"host", "kind"}, "order_steps_total": {"status"}}


QUERIES: Final = [
    *((rule["alert"], rule["expr"]) for rule in RULES),
    *((panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]),
]


def test_every_query_asks_for_what_exists(known: dict[str, set[str]]) -> None:
    assert {name: wrong for name, query in QUERIES if (wrong := unknown(query, known))} == {}


@pytest.mark.parametrize(
    "query",
    [
        "sum(payment_breeches)",
        'orders_open{state="paid"}',
        "sum by (colour) (orders_open)",
        "rate(nothing_total[5m]) + staff_cases",
    ],
)
def test_a_query_for_what_does_not_exist_is_found(known: dict[str, set[str]], query: str) -> None:
    assert unknown(query, known)


def test_every_alert_has_its_page() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### (\w+)$", page, re.MULTILINE)

    assert sections == [rule["alert"] for rule in RULES]
    rehearsed = (MONITORING / "rules_test.yaml").read_text(encoding="utf-8")
    for rule in RULES:
        assert rehearsed.count(rule["alert"]) == 2, "once silent, once firing"
        assert rule["annotations"]["runbook"] == f"docs/operations.md#{rule['alert'].lower()}"


PROMTOOL: Final = shutil.which("promtool")


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian package prometheus)")
@pytest.mark.parametrize("command", ["check rules rules.yaml", "test rules rules_test.yaml"])
def test_promtool_accepts_the_rules(command: str) -> None:
    """Each alert fires at the figures that it is meant for, and is silent at others."""
    assert PROMTOOL
    result = subprocess.run(
        [PROMTOOL, *command.split()], cwd=MONITORING, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr
