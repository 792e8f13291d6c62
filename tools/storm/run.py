"""One run: the shop, the disturbances while customers buy, and the time that passes afterwards."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import F, Model
from django.utils import timezone
from payments.background import follow_up, tick
from payments.models import Device, Merchant, MerchantCredentials, Order, Payment
from payments.orders import states
from payments.orders.states import Cause
from provider_servers import ProviderServer, TBank, TMetr, Yookassa

from tools.storm.customers import Customers, Machine
from tools.storm.faults import CallFaults, give_wrong_amounts
from tools.storm.processes import Processes

SCENARIOS: Final = (
    ("Yookassa", "polling"),
    ("Yookassa", "webhook"),
    ("YookassaReceipt", "none"),
    ("TBank", "polling"),
    ("TBank", "webhook"),
)
KEYS: Final = {
    "Yookassa": {"account_id": "1", "secret_key": "storm"},
    "YookassaReceipt": {"account_id": "1", "secret_key": "storm"},
    "TBank": {"terminal_key": "storm", "password": "storm"},
}
PATHS: Final = {"TBank": "/v1/tbank-pay-webhook"}
YOOKASSA_PATH: Final = "/v1/yook-pay-webhook"
STEP_SECONDS: Final = 10
"""How much time passes at once after the storm."""
PASSED_MINUTES: Final = 12


@dataclass
class Storm:
    """The state of one run."""

    seed: int
    orders: int
    processes: Processes
    yookassa: Yookassa
    tbank: TBank
    tmetr: TMetr
    server: ProviderServer
    sabotage: str = ""
    customers: Customers = field(init=False)
    faults: CallFaults = field(init=False)
    cuts: int = 0
    staff_acts: int = 0
    shifts: list[tuple[float, float]] = field(default_factory=list)
    """When time was moved on, and by how many seconds."""

    def run(self, say: Callable[[str], None]) -> None:
        """Let customers buy in the storm, and then time pass until every case has been seen."""
        self.faults = CallFaults(self.server, self.seed, 0.25)
        give_wrong_amounts(self.server)
        self.customers = Customers(self.processes.port, _machines(self.yookassa, self.tbank), self.seed)
        self.processes.start()
        connection.close()  # it would be cut like any other
        over = threading.Event()
        disturber = threading.Thread(target=self._disturb, args=(over,))
        disturber.start()
        try:
            self.customers.buy(self.orders)
        finally:
            over.set()
            disturber.join()
        say("the customers have bought; time passes")
        self.faults.end()
        self.processes.stop()
        if self.sabotage == "follow-up":
            follow_up.due = lambda now: Payment.objects.none()  # noqa: ARG005 - the name is that of due
        self._let_time_pass()

    def _disturb(self, over: threading.Event) -> None:
        """Kill processes, cut connections, act as staff, in an order drawn from the seed."""
        draw = random.Random(self.seed)  # noqa: S311 - an order of events, no secret
        acts = (
            lambda: self.processes.kill(draw.choice(("web", "checks"))),
            self._cut,
            self._cut,
            self._staff,
        )
        try:
            while not over.wait(0.5 + draw.random()):
                draw.choice(acts)()
        finally:
            connection.close()

    def _cut(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
            )
            self.cuts += cursor.rowcount

    def _staff(self) -> None:
        """Hand one order to staff and mark another as made."""
        for cause, status in ((Cause.STAFF_TAKES_OVER, "make_failed"), (Cause.STAFF_MADE, "manual_make")):
            order = Order.objects.filter(status=status).order_by("?").first()
            if order is not None and states.change(order.pk, cause, by="storm", why="storm"):
                self.staff_acts += 1

    def _let_time_pass(self) -> None:
        settings.PAYMENT_CHECK_THREADS = 8
        late = list(self.customers.late)
        for step in range(PASSED_MINUTES * 60 // STEP_SECONDS):
            self._move_on(STEP_SECONDS)
            while tick.check_pending_payments():
                pass
            if step * STEP_SECONDS >= 120:  # noqa: PLR2004 - an order lives for one minute here
                share, late = (
                    late[: len(self.customers.late) // 5 + 1],
                    late[len(self.customers.late) // 5 + 1 :],
                )
                for pay in share:
                    pay()

    def _move_on(self, seconds: int) -> None:
        """Make every stored time older, here and at the provider that tells times."""
        past = timedelta(seconds=seconds)
        models: tuple[type[Model], ...] = (Order, Payment)
        for model in models:
            names = [each.name for each in model._meta.fields if each.name.endswith("_at")]
            model._default_manager.update(**{name: F(name) - past for name in names})
        for payment in self.yookassa.payments.values():
            for name in ("created_at", "captured_at"):
                if name in payment:
                    payment[name] = (datetime.fromisoformat(payment[name]) - past).isoformat()
        self.shifts.append((time.time(), seconds))


def servers() -> tuple[Yookassa, TBank, TMetr, ProviderServer]:
    """Return the local providers on one port."""
    yookassa, tbank, tmetr = Yookassa(accounts={"1": "storm"}), TBank(terminals={"storm": "storm"}), TMetr()
    return yookassa, tbank, tmetr, ProviderServer(yookassa, tbank, tmetr)


def _machines(yookassa: Any, tbank: Any) -> list[Machine]:
    machines = []
    for number, (scenario, check_type) in enumerate(SCENARIOS):
        merchant = Merchant.objects.create(
            name=f"storm {number}",
            contact_email="storm@example.com",
            bank_account="1",
            valid_until=timezone.localdate() + timedelta(days=3),
        )
        MerchantCredentials.objects.create(
            merchant=merchant, scenario=scenario, credentials=KEYS[scenario], status_check_type=check_type
        )
        Device.objects.create(
            device_uuid=f"storm-{number}",
            merchant=merchant,
            location="-",
            status=Device.Status.ONLINE,
            last_interaction=timezone.now(),
            payment_scenario=scenario,
        )
        provider = tbank if scenario == "TBank" else yookassa
        machines.append(Machine(f"storm-{number}", provider, PATHS.get(scenario, YOOKASSA_PATH)))
    return machines
