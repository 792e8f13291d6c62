"""What an impatient customer does, and what others do to one."""

from datetime import timedelta
from typing import Final

from django.utils import timezone
from payments.models import Device, Merchant, Order, Payment
from provider_servers import Fault

from tools.attack.target import Target, at_once, state

OK, REFUSED, FORBIDDEN, UNAVAILABLE = 200, 409, 403, 503
Outcome = tuple[bool, str]


def second_try_at_the_bank(target: Target) -> Outcome:
    """After an error of Init, and after a cancel."""
    order = target.order(target.device("TBank"))
    target.server.faults.add(Fault("status", path="/v2/Init", times=1, status=502))
    first, second = target.pay(order).status, target.pay(order).status
    Order.objects.filter(pk=order.pk).update(status="not_paid")
    third = target.pay(order).status
    return (first, second, third) == (UNAVAILABLE, OK, OK), f"answers {first}, {second}, {third}"


def coming_back_to_an_open_payment(target: Target) -> Outcome:
    """The same link, also when a stranger was first."""
    answers = []
    for scenario in ("Yookassa", "TBank"):
        order = target.order(target.device(scenario))
        links = [(target.pay(order).json() or {}).get("redirect_url") for _ in range(3)]
        answers.append(links[0] is not None and len(set(links)) == 1)
    return all(answers), f"same link: {answers}"


def fifty_initiations_at_once(target: Target) -> Outcome:
    """One payment at the provider, one in the ledger."""
    order = target.order()
    before = len(target.yookassa.payments)
    statuses = [answer.status for answer in at_once(50, lambda _: target.pay(order))]
    made, rows = len(target.yookassa.payments) - before, Payment.objects.filter(order=order).count()
    return made == rows == 1 and max(statuses) <= UNAVAILABLE, f"{made} payment, {rows} attempt"


def paying_after_the_merchants_last_day(target: Target) -> Outcome:
    """The service ended between scan and payment."""
    order = target.order()
    Merchant.objects.filter(pk=target.merchant.pk).update(
        valid_until=timezone.localdate() - timedelta(days=3)
    )
    try:
        answer = target.pay(order)
    finally:
        Merchant.objects.filter(pk=target.merchant.pk).update(
            valid_until=timezone.localdate() + timedelta(days=30)
        )
    return answer.status == FORBIDDEN, f"answer {answer.status}"


def drink_without_a_price(target: Target) -> Outcome:
    """The telemetry answers 0, or nothing."""
    answers = []
    for price in (0, None):
        target.tmetr.price = price
        answers.append(target.scan(target.device()).status)
    target.tmetr.price = 15000
    return set(answers) == {UNAVAILABLE}, f"answers {answers}"


def device_changed_while_a_payment_is_open(target: Target) -> Outcome:
    """The notification of the scenario that the order was started with."""
    order = target.pending()
    Device.objects.filter(pk=order.device_id).update(payment_scenario="TBank")
    payment = str(order.payment_reference_id)
    target.yookassa.settle(payment, "succeeded")
    answer = target.post("/v1/yook-pay-webhook", target.yookassa.notification(payment))
    target.quiet()
    return state(order) == "make_pending", f"answer {answer.status}, order {state(order)}"


ATTACKS: Final = (
    second_try_at_the_bank,
    coming_back_to_an_open_payment,
    fifty_initiations_at_once,
    paying_after_the_merchants_last_day,
    drink_without_a_price,
    device_changed_while_a_payment_is_open,
)
