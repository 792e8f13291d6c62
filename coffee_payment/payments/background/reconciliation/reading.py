"""Reads what the providers say, at a limited rate, and returns the disagreements."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from django.conf import settings
from django.db.models import Q

from payments.background.reconciliation.disagreements import Account, Disagreement, compare, ledger_says_paid
from payments.models import MerchantCredentials, Order, Payment
from payments.outgoing.errors import CredentialsMissing, ProviderBadAnswer, ProviderError, ProviderRejected
from payments.providers.base import ListingProvider
from payments.providers.credentials import require_credentials
from payments.providers.payment import FetchedPayment
from payments.providers.registry import PROVIDERS

T = TypeVar("T")
SLICE: Final = timedelta(days=1)
SKEW: Final = timedelta(hours=1)
"""How far the provider's clock may be from ours: so much more of its list is read at both ends of a slice."""
_TRIES: Final = 3
_CHUNK: Final = 500
_UNKNOWN: Final = frozenset({None, 400, 404, 422})


class CannotReconcile(Exception):  # noqa: N818 - the end of a run, told in one line
    """A provider could not be read; nothing was changed."""


@dataclass
class Reader:
    """One run over a span of time."""

    since: datetime
    until: datetime
    merchant_id: str | None = None
    progress: Callable[[int], None] = lambda _count: None
    payments: int = 0
    """How many payments the providers have told about."""
    _next_call: float = field(default=0.0)

    def disagreements(self) -> Iterator[Disagreement]:
        """Yield every disagreement once. Raises `CannotReconcile`."""
        for account in self._accounts():
            try:
                if isinstance(account.provider, ListingProvider):
                    yield from self._by_list(account, account.provider)
                else:
                    yield from self._by_attempt(account)
            except ProviderError as error:
                raise CannotReconcile(
                    f"{account.provider.scenario} of merchant {account.merchant_id} cannot be read: {error}. "
                    "Nothing was changed; run again."
                ) from error

    def _accounts(self) -> list[Account]:
        """Return each account once, however many merchants and scenarios share it."""
        rows = MerchantCredentials.objects.order_by("merchant_id", "scenario")
        if self.merchant_id is not None:
            rows = rows.filter(merchant_id=self.merchant_id)
        accounts: dict[str, Account] = {}
        for row in rows:
            provider = PROVIDERS.get(row.scenario)
            if provider is None or provider.is_external:
                continue
            try:
                account = Account(provider, require_credentials(row), str(row.merchant_id))
            except CredentialsMissing:
                continue
            name = f"{row.scenario} {row.merchant_id}"
            if isinstance(provider, ListingProvider):
                name = provider.account(account.credentials)
            known = accounts.setdefault(name, account)
            known.merchants.add(str(row.merchant_id))
            known.scenarios.add(row.scenario)
        return list(accounts.values())

    def _by_list(self, account: Account, provider: ListingProvider) -> Iterator[Disagreement]:
        begin = self.since
        listed: set[str] = set()
        """What the slice before this one had: they overlap."""
        while begin < self.until:
            end = min(begin + SLICE, self.until)
            before, listed = listed, set()
            for page in self._pages(account, provider, begin - SKEW, end + SKEW):
                once = {answer.payment_id: answer for answer in page if answer.payment_id not in listed}
                listed.update(once)
                fresh = [answer for payment_id, answer in once.items() if payment_id not in before]
                self._count(len(fresh))
                yield from compare(account, fresh)
            for attempt in ledger_says_paid(account, begin, end).iterator(_CHUNK):
                if attempt.transaction_id not in listed and attempt.transaction_id not in before:
                    yield from self._single(account, attempt)
            begin = end

    def _pages(
        self, account: Account, provider: ListingProvider, since: datetime, until: datetime
    ) -> Iterator[list[FetchedPayment]]:
        """Yield the pages of a list. Raises `ProviderBadAnswer` if it does not end."""
        cursor: str | None = None
        cursors: set[str | None] = set()
        while cursor not in cursors:
            cursors.add(cursor)
            ask = partial(provider.list_page, account.credentials, since, until, cursor)
            page = self._call(ask)
            yield page.payments
            if page.next_cursor is None:
                return
            cursor = page.next_cursor
        raise ProviderBadAnswer("the list of payments repeats a page")

    def _by_attempt(self, account: Account) -> Iterator[Disagreement]:
        """Ask about each attempt: this provider has no list."""
        scenario = account.provider.scenario
        attempts = Payment.objects.select_related("order__device").filter(
            Q(scenario=scenario) | Q(scenario__isnull=True, order__device__payment_scenario=scenario),
            merchant_id=account.merchant_id,
            created_at__gte=self.since,
            created_at__lt=self.until,
        )
        for attempt in attempts.order_by("created_at", "pk").iterator(_CHUNK):
            if attempt.transaction_id:
                yield from self._single(account, attempt)
            else:
                yield from compare(account, self._without_id(account, attempt), attempt.order)

    def _without_id(self, account: Account, attempt: Payment) -> list[FetchedPayment]:
        """Return what the provider has of an attempt whose payment id was never stored."""
        order: Order = attempt.order
        number = order.payments.filter(created_at__lte=attempt.created_at).count()
        found = self._call(lambda: account.provider.find_attempt(account.credentials, order, number))
        self._count(len(found))
        return found

    def _single(self, account: Account, attempt: Payment) -> list[Disagreement]:
        try:
            answer = self._call(lambda: account.provider.fetch(account.credentials, attempt.transaction_id))
        except ProviderRejected as error:
            if error.status not in _UNKNOWN:
                raise
            paid = attempt.status == Payment.Status.SUCCESSFUL
            return (
                [account.disagreement("not_there", attempt.transaction_id, attempt.order_id)] if paid else []
            )
        self._count(1)
        return compare(account, [answer])

    def _call(self, call: Callable[[], T]) -> T:
        """Call a provider in its turn, and again after an error that may pass."""
        for left in reversed(range(_TRIES)):
            self._wait()
            try:
                return call()
            except ProviderError as error:
                if not error.temporary or not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _wait(self) -> None:
        now = time.monotonic()
        if self._next_call > now:
            time.sleep(self._next_call - now)
        self._next_call = max(now, self._next_call) + 1 / float(settings.RECONCILIATION_CALLS_PER_S)

    def _count(self, payments: int) -> None:
        self.payments += payments
        self.progress(self.payments)
