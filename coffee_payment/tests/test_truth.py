"""`manage.py check_payments`: each breach is told, and a healthy shop has none."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from payments.models import Order, Payment
from payments.orders import journal
from payments.orders.truth import BREACHES, breaches
from payments.tasks import check_pending_payments

from tests.shop import Providers, Shop

LONG_AGO = timedelta(minutes=16)


def run(*arguments: str) -> tuple[int, str]:
    output = StringIO()
    try:
        call_command("check_payments", *arguments, stdout=output)
    except SystemExit as end:
        return int(end.code or 0), output.getvalue()
    return 0, output.getvalue()


def test_a_healthy_shop_has_no_breach(shop: Shop, providers: Providers, settings: Any) -> None:
    settings.PAYMENT_CHECK_THREADS = 1
    device = shop.device()
    paid, declined, late, _ = (shop.pending(device) for _ in range(4))
    shop.order(device)
    for order, word in ((paid, "succeeded"), (declined, "canceled"), (late, "succeeded")):
        providers.yookassa.settle(str(order.payment_reference_id), word)
    Order.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    check_pending_payments()

    assert run() == (0, "Every paid order is made or with staff.\n")


def break_it(shop: Shop, kind: str) -> Order:  # noqa: C901 - one case for each kind
    """Make an order that breaks the invariant in one way."""
    now = timezone.now()
    order = shop.order(status="not_paid", payment_reference_id="p-1")
    payment = Payment.objects.create(
        order=order, merchant=shop.merchant, amount=order.price, status="pending", transaction_id="p-1"
    )
    orders, payments = Order.objects.filter(pk=order.pk), Payment.objects.filter(pk=payment.pk)
    match kind:
        case "lost":
            payments.update(status="successful")
        case "stuck_paid":
            payments.update(status="successful")
            orders.update(status="paid", updated_at=now - LONG_AGO)
        case "stuck_make":
            payments.update(status="successful")
            orders.update(status="make_pending", make_claimed_at=now - LONG_AGO, make_sent_at=now - LONG_AGO)
        case "stuck_pending":
            orders.update(status="pending", expires_at=now - LONG_AGO)
        case "not_asked":
            payments.update(next_check_at=now - LONG_AGO)
        case "never_asked":
            payments.update(scenario="Yookassa", created_at=now - LONG_AGO)
        case "no_payment":
            orders.update(status="successful")
        case "made_twice":
            for _ in range(2):
                journal.write(order.pk, "command", journal.SENT)
        case "paid_twice":
            payments.update(status="successful", scenario="Yookassa")
            orders.update(status="make_failed", payment_reference_id="p-2")
    return order


@pytest.mark.parametrize("kind", BREACHES)
def test_each_breach_is_told(shop: Shop, kind: str) -> None:
    order = break_it(shop, kind)

    status, table = run()
    _, lines = run("--json")

    assert status == 1
    assert BREACHES[kind] in table
    told = json.loads(lines)
    assert (told["kind"], told["order_id"]) == (kind, order.pk)


@pytest.mark.parametrize("kind", ["stuck_paid", "stuck_make", "stuck_pending", "not_asked", "never_asked"])
def test_what_is_young_is_no_breach(shop: Shop, settings: Any, kind: str) -> None:
    settings.PAYMENT_TRUTH_MINUTES = 17
    break_it(shop, kind)

    assert breaches() == []


def test_a_database_that_is_not_there_is_one_line_and_status_2(shop: Shop) -> None:
    with (
        connection.execute_wrapper(gone),
        pytest.raises(CommandError, match="The database cannot be used") as end,
    ):
        call_command("check_payments")

    assert end.value.returncode == 2


def gone(*_: Any) -> Any:
    from django.db import OperationalError

    raise OperationalError("server closed the connection unexpectedly\n\tThis probably means ...")
