"""The journal and the cases for staff, in the words that staff reads."""

from typing import Final

from payments.models import JournalEntry, Order, Payment
from payments.orders import journal
from payments.orders.states import Cause
from payments.outgoing.errors import NOT_REACHED

STATUSES: Final = {
    "created": "создан",
    "pending": "ждёт оплаты",
    "paid": "оплачен",
    "not_paid": "не оплачен",
    "make_pending": "команда автомату",
    "successful": "выдан",
    "make_failed": "автомат не принял",
    "manual_make": "у персонала",
    "failed": "не выполнен",
}
"""Status of an order -> word."""
CAUSES: Final = {
    Cause.ACCEPTED: "провайдер принял платёж",
    Cause.REFUSED: "провайдер отказал",
    Cause.NO_REDIRECT: "у автомата нет адреса оплаты",
    Cause.SUCCEEDED: "оплата подтверждена",
    Cause.CANCELED: "платёж отменён",
    Cause.EXPIRED: "время вышло, оплаты нет",
    Cause.WAITING_FOR_CAPTURE: "платёж ждёт подтверждения",
    Cause.EXHAUSTED: "провайдер не отвечает",
    Cause.NO_REFERENCE: "нет номера платежа",
    Cause.MAKE_CLAIMED: "готовим команду автомату",
    Cause.ABANDONED: "сервер прервался до команды автомату",
    Cause.MAKE_ERROR: "автомат команду не получил",
    Cause.MAKE_UNSURE: "на команду нет ясного ответа",
    Cause.MAKE_NOT_SENT: "сервер прервался: команда не отправлена",
    Cause.MAKE_UNANSWERED: "сервер прервался: команда отправлена, ответа нет",
    Cause.MAKE_DONE: "автомат сообщил: готово",
    Cause.STAFF_TAKES_OVER: "передан персоналу",
    Cause.STAFF_MADE: "отмечен как выданный",
    "scan": "сканирование QR-кода",
    "notification": "пришло уведомление",
    "payment started": "платёж начат",
    "payment not started": "платёж не начат",
    "answer": "ответ провайдера",
    "no answer": "провайдер не ответил",
    journal.SENT: "команда отправляется автомату",
    "answered": "ответ на команду",
    "refunded": "провайдер сообщил о возврате",
    "closed": "случай закрыт",
    "reconciled": "найдено при сверке",
}
"""Cause of an entry -> words."""


def describe(entry: JournalEntry) -> str:
    """Return one line about an entry."""
    parts = [CAUSES.get(entry.cause, entry.cause)]
    if entry.to_status:
        source = STATUSES.get(entry.from_status or "", "")
        target = STATUSES.get(entry.to_status, entry.to_status)
        parts.append(f"{source} → {target}" if source else f"→ {target}")
    detail = entry.detail if isinstance(entry.detail, dict) else {}
    parts += [
        str(detail[name]) for name in ("status", "reason", "answer", "amount", "why") if detail.get(name)
    ]
    if detail.get("differs"):
        parts.append("не совпадает с заказом")
    if detail.get("fields"):
        parts.append("поля: " + ", ".join(map(str, detail["fields"])))
    if entry.actor:
        parts.append(f"({entry.actor})")
    return " · ".join(parts)


def case_of(order: Order) -> str:
    """Return why staff has to look at an order, in words; empty when it need not."""
    match order.status:
        case Order.Status.MAKE_FAILED:
            return _make_case(
                order, "Оплачен, автомат команду не получил: приготовьте вручную или верните деньги"
            )
        case Order.Status.MANUAL_MAKE if order.make_claimed_at is None:
            return "Оплачен, команды автомату не было: приготовьте вручную или верните деньги"
        case Order.Status.MANUAL_MAKE:
            return _make_case(order, "Оплачен, команда не отправлена: приготовьте вручную или верните деньги")
        case Order.Status.PAID | Order.Status.MAKE_PENDING:
            return "Оплачен, команда автомату выполняется"
        case _:
            return ""


def doubt_of(payment: Payment) -> str:
    """Return why staff has to look at a payment, in words; empty when it need not."""
    return str(Payment.Doubt(payment.doubt).label) if payment.doubt else ""


def _make_case(order: Order, not_made: str) -> str:
    answer = order.make_answer or ""
    if order.make_sent_at is None:
        return not_made
    if not order.make_answered_at:
        return "Оплачен, команда отправлена, ответа нет: напиток мог быть выдан, проверьте автомат"
    is_reached = f": {NOT_REACHED}" not in answer and not answer.endswith(_FORMERLY_NOT_REACHED)
    if answer.startswith(("ProviderRejected", "CredentialsMissing")) or not is_reached:
        return not_made
    if answer.startswith("Provider"):
        return "Оплачен, на команду нет ясного ответа: напиток мог быть выдан, проверьте автомат"
    return "Оплачен, автомат принял команду: проверьте, выдан ли напиток"


_FORMERLY_NOT_REACHED: Final = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError")
"""How former releases stored it."""
