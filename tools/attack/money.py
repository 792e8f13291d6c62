"""Forged, changed and repeated notifications."""

import uuid
from typing import Any, Final

from payments.models import MerchantCredentials, Order
from provider_servers.tbank import sign

from tools.attack.target import Target, at_once, state

YOOKASSA, TBANK = "/v1/yook-pay-webhook", "/v1/tbank-pay-webhook"
Outcome = tuple[bool, str]
MOST_CALLS: Final = 50
"""To the provider, for a thousand forged notifications about one order."""


def forged_notifications(target: Target) -> Outcome:
    """Of both providers, about payments that nobody paid."""
    order, bank_order = target.pending(), target.pending("TBank")
    genuine = target.yookassa.notification(str(order.payment_reference_id))
    bodies = [
        genuine | {"event": "payment.succeeded", "object": {**genuine["object"], "status": "succeeded"}},
        genuine | {"object": {**genuine["object"], "id": str(uuid.uuid4()), "status": "succeeded"}},
    ]
    statuses = [target.post(YOOKASSA, body).status for body in bodies]
    signed = target.tbank.notification(str(bank_order.payment_reference_id)) | {"Status": "CONFIRMED"}
    wrong = {name: value for name, value in signed.items() if name != "Token"}
    forged: list[dict[str, Any]] = [
        wrong,
        wrong | {"Token": ""},
        wrong | {"Token": sign(wrong, "guess")},
        signed,
    ]
    statuses += [target.post(TBANK, body).status for body in forged]
    target.quiet()
    left = (state(order), state(bank_order))
    return left == ("pending", "pending"), f"orders {left}, answers {statuses}"


def thousand_forged_notifications(target: Target) -> Outcome:
    """Each names an invented payment of a real order; the genuine one that follows is taken, after a repeat at most."""
    order = target.pending()
    genuine = target.yookassa.notification(str(order.payment_reference_id))
    before = len(target.server.calls)
    forged = [genuine | {"object": {**genuine["object"], "id": str(uuid.uuid4())}} for _ in range(1000)]
    at_once(1000, lambda number: target.post(YOOKASSA, forged[number]).status)
    target.quiet()
    calls = len(target.server.calls) - before
    target.yookassa.settle(str(order.payment_reference_id), "succeeded")
    answer = target.post(YOOKASSA, target.yookassa.notification(str(order.payment_reference_id)))
    target.quiet()
    return calls <= MOST_CALLS and state(
        order
    ) == "make_pending", f"{calls} calls, then {answer.status}, {state(order)}"


def swapped_notifications(target: Target) -> Outcome:
    """The payment of a cheap order named as that of another."""
    cheap, dear = target.pending(), target.pending()
    payment = str(cheap.payment_reference_id)
    target.yookassa.settle(payment, "succeeded")
    genuine = target.yookassa.notification(payment)
    body = genuine | {"object": {**genuine["object"], "metadata": {"order_uuid": dear.pk}}}
    answer = target.post(YOOKASSA, body)
    target.quiet()
    return state(dear) == "pending", f"answer {answer.status}, order {state(dear)}"


def hundred_replays_at_once(target: Target) -> Outcome:
    """A genuine notification, once more each time."""
    order = target.pending()
    payment = str(order.payment_reference_id)
    target.yookassa.settle(payment, "succeeded")
    body = target.yookassa.notification(payment)
    at_once(100, lambda _: target.post(YOOKASSA, body))
    target.quiet()
    target.post(YOOKASSA, body)
    target.quiet()
    made = target.tmetr.made(order.pk)
    return made == 1, f"{made} make command"


def other_amount_and_currency(target: Target) -> Outcome:
    """The provider says that something else was paid."""
    left = []
    for change in ({"value": "1.00", "currency": "RUB"}, {"value": "150.00", "currency": "KZT"}):
        order = target.pending()
        payment = str(order.payment_reference_id)
        target.yookassa.settle(payment, "succeeded", amount=change)
        target.post(YOOKASSA, target.yookassa.notification(payment))
        target.quiet()
        left.append(state(order))
    return left == ["pending", "pending"], f"orders {left}"


def downgrade_after_success(target: Target) -> Outcome:
    """Later notifications say that the payment was canceled."""
    order = target.pending()
    payment = str(order.payment_reference_id)
    for status in ("succeeded", "canceled", "pending"):
        target.yookassa.settle(payment, status)
        target.post(YOOKASSA, target.yookassa.notification(payment))
        target.quiet()
    return state(order) == "make_pending", f"order {state(order)}"


def swapped_ciphertexts(target: Target) -> Outcome:
    """Whoever can write the table copies a token of one row into another."""
    from django.db import connection

    rows = {row.scenario: row.pk for row in MerchantCredentials.objects.defer("credentials")}
    order = target.order()
    with connection.cursor() as cursor:
        table = "payments_merchantcredentials"
        cursor.execute(f"CREATE TEMP TABLE kept AS SELECT id, credentials FROM {table}")  # noqa: S608 - a constant
        cursor.execute(
            f"UPDATE {table} SET credentials = (SELECT credentials FROM kept WHERE id = %s) WHERE id = %s",  # noqa: S608
            [rows["TBank"], rows["Yookassa"]],
        )
        try:
            target.pay(order)
            target.server.calls.clear()
            answer = target.pay(order)
            calls = len(target.server.calls)
            refused = "another row" in target.log.read_text(encoding="utf-8")
        finally:
            cursor.execute(f"UPDATE {table} t SET credentials = k.credentials FROM kept k WHERE k.id = t.id")  # noqa: S608
            cursor.execute("DROP TABLE kept")
    return refused and not calls, f"answer {answer.status}, {calls} calls, noticed: {refused}"


def bad_success_url(target: Target) -> Outcome:
    """A stored address that no browser may be sent to."""
    row = MerchantCredentials.objects.get(scenario="TBank")
    row.credentials = {**row.credentials, "success_url": "javascript:alert(1)"}
    row.save()
    try:
        order = target.order(target.device("TBank"))
        target.pay(order)
        sent = [call.body["SuccessURL"] for call in target.server.calls_to("/v2/Init")][-1]
    finally:
        row.credentials = dict(target.keys["TBank"])
        row.save()
    return sent.startswith("https://"), f"sent {sent[:30]}"


def hostile_bodies_and_paths(target: Target) -> Outcome:
    """No answer is a fault of the server."""
    order = Order.objects.values_list("pk", flat=True).first()
    bodies = [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b"[" * 30_000,
        b'{"order_id": ' + b"9" * 6000 + b"}",
    ]
    bodies += [
        b'{"event": "payment.succeeded", "object": ' + each + b"}" for each in (b"1", b"[]", b"{}", b"null")
    ]
    bodies += [b'{"order_id": "\\ud800"}', b'{"order_id": "\\u0000"}', b"a=1&" * 2000, b"%00=%00"]
    types = (
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/x",
    )
    paths = ("/v1/initiate-payment", YOOKASSA, TBANK, "/v1/process_payment/", "/v1/pay")
    statuses = [
        target.ask("POST", path, body, headers={"Content-Type": kind}).status
        for path in paths
        for body in bodies
        for kind in types
    ]
    places = (
        "%00",
        "%ED%A0%80",
        "..%2f..%2fetc%2fpasswd",
        "x" * 5000,
        "%0d%0aSet-Cookie:a=b",
        "<script>",
        "{{7*7}}",
    )
    statuses += [target.ask("GET", f"/v1/order-status/{place}").status for place in places]
    statuses += [target.ask("GET", f"/v1/order-status-page?order_id={place}").status for place in places]
    statuses += [target.ask("GET", f"/v1/pay?deviceUuid={place}&uuid={order}").status for place in places]
    faults = [status for status in statuses if status >= 500]  # noqa: PLR2004 - a fault of the server
    return not faults, f"{len(statuses)} requests, {len(faults)} faults"


ATTACKS: Final = (
    forged_notifications,
    thousand_forged_notifications,
    swapped_notifications,
    hundred_replays_at_once,
    other_amount_and_currency,
    downgrade_after_success,
    swapped_ciphertexts,
    bad_success_url,
    hostile_bodies_and_paths,
)
