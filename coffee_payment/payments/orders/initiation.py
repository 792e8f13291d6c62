"""Starting a payment: an attempt is opened, the provider is called, the answer is stored.

The provider is called with no transaction open. Meanwhile the attempt's Payment row (pending, transaction_id
blank) shows other processes that a payment is being created.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from payments import statements
from payments.models import MerchantCredentials, Order, Payment, StatusCheckType
from payments.orders import journal, ledger, payment_results, states
from payments.orders.states import Cause
from payments.outgoing.errors import CredentialsMissing, ProviderError
from payments.providers.base import Provider
from payments.providers.credentials import find_credentials, require_credentials
from payments.providers.payment import NewPayment, PaymentState, StartedPayment
from payments.providers.registry import find_provider, provider_of, requires_receipt

logger = logging.getLogger(__name__)

PAYABLE: Final = frozenset({Order.Status.CREATED, Order.Status.NOT_PAID})
_LONGEST_EMAIL: Final = 254
_LEASE_TIMEOUTS: Final = 10
"""How many times PAYMENT_API_TIMEOUT_S an attempt counts as being created."""


class Refusal(Exception):  # noqa: N818 - an answer to the customer, not a fault
    """The payment cannot be started; `message` is a key of ERROR_MESSAGES."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the HTTP status and the text's key."""
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True)
class _Attempt:
    payment: Payment
    number: int


def attempt_lease() -> timedelta:
    """Return how long an open attempt, or a claimed check, belongs to the process that began it."""
    return timedelta(seconds=_LEASE_TIMEOUTS * settings.PAYMENT_API_TIMEOUT_S)


def initiate(order: Order, email: str | None) -> str:
    """Start a payment of an order (`device` and `merchant` loaded) and return the URL to send the customer to.

    While a payment is open, that is the page of this payment: the customer may have closed it. Raises `Refusal`.
    """
    if order.status == Order.Status.PENDING and not order.is_expired():
        return _open_page(order)
    _refuse_unpayable(order)
    if not order.merchant.is_active():
        raise Refusal(403, "merchant_expired")
    scenario = order.device.scenario
    credentials = find_credentials(order, scenario)
    problem = _problem_with(email, credentials)
    provider = find_provider(scenario)
    is_external = provider is not None and provider.is_external
    # Otherwise `_open_attempt` looks, with the row locked.
    if (problem or is_external) and _being_created(order):
        raise Refusal(409, "payment_in_progress")
    if problem:
        raise Refusal(400, problem)
    if provider is not None and is_external:
        return external_page(provider, order)
    attempt = _open_attempt(order, credentials)
    try:
        provider = provider_of(scenario)
        started = provider.start(require_credentials(credentials), _request(order, attempt, email))
    except CredentialsMissing as error:
        _close(attempt, order, error)
        raise Refusal(503, "missing_credentials") from error
    except ProviderError as error:
        _close(attempt, order, error)
        if not error.temporary:
            states.change(order.pk, Cause.REFUSED)
        raise Refusal(503, "payment_creation_failed") from error
    try:
        _store(provider, order, attempt, started, email)
    except IntegrityError as error:
        # The provider gave a payment id a second time: without a row of its own it could never be verified.
        _close(attempt, order, error)
        raise Refusal(503, "payment_creation_failed") from error
    return started.redirect_url


def _open_page(order: Order) -> str:
    """Return the page of an order's open payment; a payment that has ended is acted on. Raises `Refusal`."""
    payment_id = order.payment_reference_id or ""
    try:
        provider = provider_of(order.scenario)
        if page := provider.stored_page(payment_id):
            return page
        payment = provider.fetch(require_credentials(find_credentials(order)), payment_id)
    except ProviderError as error:
        logger.warning("no page of the payment", extra={"order_id": order.pk, "reason": str(error)})
        raise Refusal(503, "service_unavailable") from error
    is_ours = provider.owns_order_id(payment.order_id, order.pk) and payment_results.pays_for(payment, order)
    if is_ours and payment.state is PaymentState.PENDING and payment.page:
        return payment.page
    if is_ours:
        payment_results.apply(provider, order, payment)
    raise Refusal(409, "order_already_processed")


def external_page(provider: Provider, order: Order) -> str:
    """Return the URL of an external provider's page; without one the order has failed. Raises `Refusal`."""
    address = provider.external_page(order)
    if address is None:
        states.change(order.pk, Cause.NO_REDIRECT)
        raise Refusal(503, "missing_credentials")
    return address


def _refuse_unpayable(order: Order) -> None:
    if order.is_expired():
        raise Refusal(400, "order_expired")
    if order.status not in PAYABLE:
        raise Refusal(409, "order_already_processed")


def _problem_with(email: str | None, credentials: MerchantCredentials | None) -> str | None:
    """Return the key of the message for an address that cannot be used, or that is missing; None for a good one."""
    if email:
        try:
            email.encode()
            validate_email(email)
            MaxLengthValidator(_LONGEST_EMAIL)(email)
        except (ValidationError, UnicodeEncodeError):
            return "invalid_email"
        return None
    return "email_required" if requires_receipt(credentials) else None


def _being_created(order: Order) -> bool:
    """Return whether a young attempt is open; older ones are closed by the next `_open_attempt`."""
    return order.payments.filter(
        status=Payment.Status.PENDING, transaction_id="", created_at__gt=_youngest()
    ).exists()


def _youngest() -> datetime:
    """Return the time after which an open attempt that began then still belongs to its process."""
    return timezone.now() - attempt_lease()


_ATTEMPTS: Final = statements.Read(lambda order: Payment.objects.filter(order_id=order))


def _open_attempt(order: Order, credentials: MerchantCredentials | None) -> _Attempt:
    with transaction.atomic():
        locked = states.lock(order.pk)
        if locked is None:  # removed as unused meanwhile
            raise Refusal(404, "order_not_found")
        _refuse_unpayable(locked)
        attempts = _ATTEMPTS(order.pk)
        unknown = [
            each for each in attempts if each.status == Payment.Status.PENDING and not each.transaction_id
        ]
        if any(each.created_at > _youngest() for each in unknown):
            raise Refusal(409, "payment_in_progress")
        if unknown:
            locked.payments.filter(pk__in=[each.pk for each in unknown]).update(
                status=Payment.Status.FAILED, updated_at=timezone.now()
            )
        payment = Payment(
            order=locked,
            merchant_id=locked.merchant_id,
            amount=locked.price,
            status=Payment.Status.PENDING,
            scenario=order.device.scenario,
        )
        if locked.status_check_type:
            statements.insert(payment)
        else:
            locked.status_check_type = (
                credentials.status_check_type if credentials is not None else StatusCheckType.POLLING
            )
            frozen = {"status_check_type": locked.status_check_type, "updated_at": timezone.now()}
            statements.update(Order, {"id": locked.pk}, frozen, then=payment)
        order.status_check_type = locked.status_check_type
        return _Attempt(payment, len(attempts) + 1)


def _request(order: Order, attempt: _Attempt, email: str | None) -> NewPayment:
    return NewPayment(
        attempt_id=str(attempt.payment.pk),
        attempt_number=attempt.number,
        order_id=order.pk,
        amount=order.price,
        drink_name=order.drink_name,
        drink_number=order.drink_number,
        size=order.size,
        expires_at=order.expires_at,
        email=email,
    )


def _close(attempt: _Attempt, order: Order, error: Exception) -> None:
    logger.warning("payment not started", extra={"order_id": order.pk, "reason": str(error)})
    with transaction.atomic():
        Payment.objects.filter(pk=attempt.payment.pk, status=Payment.Status.PENDING).update(
            status=Payment.Status.FAILED, updated_at=timezone.now()
        )
        # The text of a database's error may quote values.
        reason = str(error) if isinstance(error, ProviderError) else type(error).__name__
        journal.write(order.pk, journal.Kind.CALL, "payment not started", detail={"reason": reason})


def _store(
    provider: Provider, order: Order, attempt: _Attempt, started: StartedPayment, email: str | None
) -> None:
    now = timezone.now()
    polled = order.status_check_type == StatusCheckType.POLLING
    with transaction.atomic(), journal.together():
        locked = states.lock(order.pk)
        changed = locked and states.change_locked(
            locked,
            Cause.ACCEPTED,
            payment_reference_id=started.payment_id,
            payment_scenario=provider.scenario,
            payment_started_at=now,
            next_check_at=now + timedelta(seconds=settings.FAST_TRACK_INTERVAL_S) if polled else None,
            last_check_at=None,
            check_attempts=0,
            failed_presentation_desc=None,
        )
        known = {"transaction_id": started.payment_id, "next_check_at": ledger.first_check(order, now)}
        # The row has another id if a notification of an earlier attempt, whose id was lost, took it meanwhile.
        open_row = {"id": attempt.payment.pk, "transaction_id": ""}
        if not statements.update(Payment, open_row, {**known, "updated_at": now}):
            Payment.objects.create(
                order=order,
                merchant_id=order.merchant_id,
                amount=order.price,
                status=Payment.Status.PENDING,
                scenario=provider.scenario,
                **known,
            )
        journal.write(
            order.pk,
            journal.Kind.CALL,
            "payment started",
            payment_id=started.payment_id,
            detail={"scenario": provider.scenario},
        )
        provider.store_attempt(order, started, email)
    if changed is None:
        # Another process settled the order while the provider was called; the ledger keeps the payment.
        raise Refusal(409, "order_already_processed")
