"""`manage.py reconcile_payments` against the local providers' own lists."""

import json
from collections import Counter
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from payments.models import Order, Payment
from payments.orders import journal
from payments.tasks import check_pending_payments, reconcile_payments
from provider_servers import Fault, yookassa
from provider_servers.messages import Answer, Call

from tests.shop import ACCOUNT, PRICE, Providers, Shop, attempts, state

LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Ask at once, in one thread, and take what was paid just now into account."""
    settings.RECONCILIATION_CALLS_PER_S = 10_000
    settings.PAYMENT_TRUTH_MINUTES = 0
    settings.PAYMENT_CHECK_THREADS = 1


def run(*arguments: str) -> tuple[int, list[dict[str, str]]]:
    """Run the command; return its exit status and the disagreements."""
    output = StringIO()
    status = 0
    try:
        call_command("reconcile_payments", "--json", *arguments, stdout=output, stderr=StringIO())
    except SystemExit as end:
        status = int(end.code or 0)
    text = output.getvalue()
    return status, [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def kinds(*arguments: str) -> list[str]:
    return sorted(each["kind"] for each in run(*arguments)[1])


def of(providers: Providers, order: Order) -> Any:
    return providers.tbank if order.device.payment_scenario == "TBank" else providers.yookassa


def pay(providers: Providers, order: Order) -> None:
    provider = of(providers, order)
    provider.settle(order.payment_reference_id, provider.paid)


@pytest.fixture(params=["Yookassa", "TBank"])
def order(request: pytest.FixtureRequest, shop: Shop, providers: Providers) -> Order:
    return shop.pending(shop.device(request.param))


def forget(order: Order, status: str = "not_paid") -> None:
    """Make the server as if it had never heard of the payment's success."""
    Order.objects.filter(pk=order.pk).update(status=status, next_check_at=None)
    Payment.objects.filter(order=order).update(next_check_at=None)


def test_a_shop_that_agrees(order: Order, providers: Providers) -> None:
    pay(providers, order)
    check_pending_payments()
    output = StringIO()

    call_command("reconcile_payments", stdout=output)

    assert output.getvalue() == "Orders and ledger agree with the providers.\n"


def test_a_lost_payment_is_told_and_corrected_only_on_demand(order: Order, providers: Providers) -> None:
    pay(providers, order)
    forget(order)

    status, found = run()
    assert (status, [each["kind"] for each in found]) == (1, ["not_in_ledger"])
    assert (found[0]["order_id"], found[0]["payment_id"]) == (order.pk, order.payment_reference_id)
    assert (state(order), attempts(order)[0][0]) == ("not_paid", "pending")

    assert run("--apply")[0] == 1
    assert (state(order), attempts(order)[0][0]) == ("manual_make", "successful")
    assert "reconciled" in [entry.cause for entry in journal.history(order.pk)]
    assert run() == (0, [])


def test_a_refund_is_seen_and_ends_the_case(order: Order, providers: Providers) -> None:
    pay(providers, order)
    check_pending_payments()
    of(providers, order).refund(str(order.payment_reference_id))

    assert kinds("--apply") == ["refunded"]

    payment = Payment.objects.get(order=order)
    assert (payment.refunded_amount, payment.closed_at is None) == (PRICE, False)
    assert run() == (0, [])


@pytest.mark.parametrize("is_former", [False, True])
def test_an_attempt_without_its_id_is_found(order: Order, providers: Providers, is_former: bool) -> None:
    """The process died before it stored the payment, and the customer paid after all."""
    pay(providers, order)
    if is_former and order.scenario == "TBank":
        providers.tbank.payments[str(order.payment_reference_id)]["OrderId"] = order.pk
    Order.objects.update(status="created", payment_reference_id=None, next_check_at=None)
    Payment.objects.update(transaction_id="", next_check_at=None)

    assert kinds("--apply") == ["not_in_ledger"]

    assert (state(order), attempts(order)) == ("manual_make", [("successful", order.payment_reference_id)])


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"metadata": {"order_uuid": "nobody"}}, "no_order"),
        ({"status": "mystery"}, "unknown_status"),
        ({"status": "canceled"}, "not_paid_there"),
    ],
)
def test_what_only_a_person_can_judge_is_told_and_left(
    shop: Shop, providers: Providers, change: dict[str, Any], kind: str
) -> None:
    order = shop.pending()
    pay(providers, order)
    check_pending_payments()
    if kind == "no_order":
        Payment.objects.all().delete()
        Order.objects.all().delete()
    providers.yookassa.payments[str(order.payment_reference_id)] |= change

    assert kinds("--apply") == [kind]
    assert kinds() == [kind]


def test_a_payment_that_the_provider_does_not_know_is_told(order: Order, providers: Providers) -> None:
    pay(providers, order)
    check_pending_payments()
    of(providers, order).payments.clear()

    assert kinds() == ["not_there"]


def test_another_amount_becomes_a_case_for_staff(shop: Shop, providers: Providers) -> None:
    order = shop.pending()
    pay(providers, order)
    providers.yookassa.payments[str(order.payment_reference_id)]["amount"]["value"] = "1.00"
    forget(order)

    assert kinds("--apply") == ["differs"]

    assert Payment.objects.get().doubt == "differs"
    assert run() == (0, [])


def test_what_was_paid_just_now_is_left_to_the_flow(shop: Shop, providers: Providers, settings: Any) -> None:
    settings.PAYMENT_TRUTH_MINUTES = 15
    pay(providers, shop.pending())

    assert run() == (0, [])


def many(shop: Shop, providers: Providers, count: int) -> None:
    """Create paid payments of which the server knows all but every tenth."""
    device = shop.device()
    orders, payments = [], []
    for number in range(count):
        key = f"many-{number:06}"
        providers.yookassa.payments[key] = {
            "id": key,
            "status": "succeeded",
            "amount": {"value": f"{PRICE / 100:.2f}", "currency": "RUB"},
            "metadata": {"order_uuid": key},
            "created_at": yookassa._now(),
        }
        providers.yookassa._owners[key] = ACCOUNT
        common = {"merchant": shop.merchant}
        orders.append(
            Order(
                id=key,
                payment_reference_id=key,
                drink_name="Латте",
                device=device,
                size=1,
                price=PRICE,
                status="successful" if number % 10 else "not_paid",
                **common,
            )
        )
        payments.append(
            Payment(
                order_id=key,
                amount=PRICE,
                status="successful" if number % 10 else "pending",
                transaction_id=key,
                scenario="Yookassa",
                **common,
            )
        )
    Order.objects.bulk_create(orders)
    Payment.objects.bulk_create(payments)


def test_several_pages_are_read_once_each(shop: Shop, providers: Providers) -> None:
    many(shop, providers, 250)
    providers.server.calls.clear()

    assert Counter(kinds()) == {"not_in_ledger": 25}
    assert len(providers.server.calls_to("/v3/payments", "GET")) == 3


@pytest.mark.parametrize("kind", ["repeats", "shuffled"])
def test_a_list_that_repeats_payments_or_is_out_of_order_gives_the_same(
    shop: Shop, providers: Providers, kind: str
) -> None:
    many(shop, providers, 250)
    rewrite(providers, kind)

    assert Counter(kinds()) == {"not_in_ledger": 25}


@pytest.mark.parametrize("kind", ["endless", "items", "cut"])
def test_a_list_that_cannot_be_read_changes_nothing(shop: Shop, providers: Providers, kind: str) -> None:
    many(shop, providers, 250)
    rewrite(providers, kind)

    with pytest.raises(CommandError, match="cannot be read") as end:
        call_command("reconcile_payments", "--apply", stdout=StringIO())

    assert end.value.returncode == 2
    assert Order.objects.filter(status="manual_make").count() == 0


def rewrite(providers: Providers, kind: str) -> None:
    """Let the provider's list go wrong."""
    answer = providers.server.answer
    pages: list[Any] = []

    def wrong(call: Call) -> Answer:
        right = answer(call)
        if call.path != "/v3/payments" or call.method != "GET":
            return right
        body = dict(right.body)
        match kind:
            case "repeats":
                pages.extend(body["items"])
                body["items"] = [*pages[:100], *body["items"]]
            case "shuffled":
                body["items"] = body["items"][::-1]
            case "endless":
                body["next_cursor"] = body["items"][0]["id"] if not pages else pages[0]
                pages.append(body["next_cursor"])
            case "items":
                del body["items"]
            case "cut":
                return Answer("{", status=200)
        return Answer(body)

    providers.server.answer = wrong  # type: ignore[method-assign]


def test_a_provider_that_fails_for_a_moment_is_asked_again(order: Order, providers: Providers) -> None:
    pay(providers, order)
    forget(order)
    providers.server.faults.add(Fault("status", path="/v", times=2))

    assert kinds() == ["not_in_ledger"]


def test_a_provider_that_is_away_is_status_2(order: Order, providers: Providers) -> None:
    providers.server.faults.add(Fault("status", path="/v"))

    with pytest.raises(CommandError, match="cannot be read: status 500") as end:
        call_command("reconcile_payments", stdout=StringIO())

    assert end.value.returncode == 2


@pytest.mark.parametrize(
    "arguments", [("--merchant", "nobody"), ("--since", "2030-01-01", "--until", "2029-01-01")]
)
def test_wrong_arguments_are_status_2(shop: Shop, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as end:
        call_command("reconcile_payments", *arguments)

    assert end.value.returncode == 2


def test_the_daily_run_corrects(order: Order, providers: Providers) -> None:
    pay(providers, order)
    forget(order)
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=1))

    assert reconcile_payments() == 1
    assert state(order) == "manual_make"
    assert reconcile_payments() == 0


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_is_wrong_by_ten_minutes_makes_no_difference(
    shop: Shop, providers: Providers, minutes: int
) -> None:
    order = shop.pending()
    pay(providers, order)
    check_pending_payments()
    moment = timezone.now() + timedelta(minutes=minutes)
    providers.yookassa.payments[str(order.payment_reference_id)]["created_at"] = moment.isoformat()

    assert run() == (0, [])
