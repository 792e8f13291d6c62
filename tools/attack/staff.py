"""Staff with few rights, staff with odd values, and people who want to be staff."""

import re
import subprocess
import sys
import uuid
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.models import Permission, User
from payments.models import Order

from tools.attack.target import ROOT, Answer, Target, at_once, invented_address

PASSWORD: Final = "the right words of staff"  # noqa: S105 - of an account that lives for a minute
FOUND, BAD, FORBIDDEN, TOO_MANY = 302, 400, 403, 429
HEALTH_SECONDS: Final = 1.0
"""A probe's time limit."""
Outcome = tuple[bool, str]


class Session:
    """Somebody at the admin."""

    def __init__(self, target: Target, address: str = "") -> None:
        self.target = target
        self.address = address or invented_address()
        self.cookies: dict[str, str] = {}
        self.form_token = ""

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._keep(self.target.ask("GET", path, address=self.address, headers=self._headers()))

    def post(self, path: str, **values: Any) -> Answer:
        """Send a form."""
        body = urlencode({"csrfmiddlewaretoken": self.form_token, **values}, doseq=True)
        headers = {**self._headers(), "Content-Type": "application/x-www-form-urlencoded"}
        return self._keep(self.target.ask("POST", path, body, address=self.address, headers=headers))

    def sign_in(self, name: str, password: str) -> int:
        """Try a password; return the status of the answer."""
        if not self.form_token:
            self.get("/admin/login/")
        return self.post("/admin/login/", username=name, password=password).status

    def _headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _keep(self, answer: Answer) -> Answer:
        for name, value in answer.headers.items():
            if name == "Set-Cookie" and (match := re.match(r"(\w+)=([^;]*)", value)):
                self.cookies[match[1]] = match[2]
        if match := re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text):
            self.form_token = match[1]
        return answer


def person(*permissions: str, is_superuser: bool = False) -> str:
    """Add a member of staff; return the name."""
    user = User(username=f"staff-{uuid.uuid4().hex[:8]}", is_staff=True, is_superuser=is_superuser)
    user.set_password(PASSWORD)
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user.username


def signed_in(target: Target, *permissions: str, is_superuser: bool = False) -> Session:
    """Return the session of a new member of staff."""
    session = Session(target)
    assert session.sign_in(person(*permissions, is_superuser=is_superuser), PASSWORD) == FOUND  # noqa: S101
    return session


def staff_without_permissions(target: Target) -> Outcome:
    """Every page is refused."""
    session = signed_in(target)
    order = target.order()
    pages = (
        "order/",
        f"order/{order.pk}/change/",
        "merchantcredentials/",
        "payment/",
        "device/add/",
        "journalentry/",
    )
    statuses = [session.get(f"/admin/payments/{page}").status for page in pages]
    return set(statuses) == {FORBIDDEN}, f"answers {sorted(set(statuses))}"


def typing_another_price(target: Target) -> Outcome:
    """With the permission to change orders."""
    session = signed_in(target, "change_order", "view_order")
    order = target.order()
    before = Order.objects.values("price", "size", "merchant", "device", "status").get(pk=order.pk)
    page = f"/admin/payments/order/{order.pk}/change/"
    for price in ("-100", "0", "0.5", "1"):
        session.get(page)
        session.post(
            page,
            price=price,
            size="3",
            drink_name="x",
            drink_number="",
            device=str(order.device_id),
            merchant=str(order.merchant_id),
            status="successful",
            failed_presentation_desc="",
        )
    after = Order.objects.values("price", "size", "merchant", "device", "status").get(pk=order.pk)
    return before == after, f"price {after['price']}, size {after['size']}"


def odd_values_of_staff(target: Target) -> Outcome:
    """What no database can hold, typed and searched for."""
    session = signed_in(target, is_superuser=True)
    session.get("/admin/payments/drink/add/")
    odd = ('{"1": "a\\u0000b"}', '{"1": "\\ud800"}', "1" * 5000, "[" * 5000)
    statuses = [
        session.post("/admin/payments/drink/add/", id="7", name="x", description="x", prices=each).status
        for each in odd
    ]
    queries = ("status__exact=%00", "created_at__year=99999999999", "q=%00", "p=99999999999", "o=x", "e=1")
    statuses += [session.get(f"/admin/payments/order/?{query}").status for query in queries]
    faults = [status for status in statuses if status >= 500 or not status]  # noqa: PLR2004 - a fault of the server
    return not faults, f"{len(statuses)} values, {len(faults)} faults"


def sixty_wrong_passwords(target: Target) -> Outcome:
    """From one address; then the right one, from there and from elsewhere; another account from there."""
    name, other = person(), person()
    session = Session(target)
    wrong = [session.sign_in(name, f"guess {number}") for number in range(60)]
    checked = sum(status not in (TOO_MANY, FORBIDDEN) for status in wrong)
    after = [
        session.sign_in(name, PASSWORD),
        Session(target).sign_in(name, PASSWORD),
        Session(target, session.address).sign_in(other, PASSWORD),
    ]
    return checked < 15 and FOUND not in after, f"{checked} checked, then {after}"  # noqa: PLR2004 - SIGN_IN_FAILURES and some


def invented_addresses(target: Target) -> Outcome:
    """What a client writes into X-Forwarded-For stands before what our proxy adds."""
    name, address = person(), invented_address()
    for number in range(30):
        Session(target, f"{invented_address()}, {address}").sign_in(name, f"guess {number}")
    status = Session(target, address).sign_in(person(), PASSWORD)
    return status == TOO_MANY, f"another account from there: {status}"


def eighty_sign_ins_at_once(target: Target) -> Outcome:
    """Each costs half a second of a processor."""
    name = person()
    sessions = [Session(target) for _ in range(80)]
    for session in sessions:
        session.get("/admin/login/")
    with target.watching_health() as seconds:
        statuses = at_once(80, lambda number: sessions[number].sign_in(name, "guess"), threads=80)
    refused = sum(status >= TOO_MANY for status in statuses)
    return max(seconds) < HEALTH_SECONDS, f"/health at most {max(seconds):.2f} s, {refused} refused"


def start_without_an_encryption_key(target: Target) -> Outcome:
    """The start says so and ends."""
    ends = []
    for key in ("", "malformed"):
        try:
            process = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "-c",
                    str(ROOT / "gunicorn.conf.py"),
                    "--bind",
                    "127.0.0.1:0",
                ],
                cwd=ROOT / "coffee_payment",
                env={**target.environment, "CREDENTIALS_ENCRYPTION_KEY": key},
                capture_output=True,
                timeout=8,
                check=False,
            )
            ends.append(str(process.returncode))
        except subprocess.TimeoutExpired:
            ends.append("it runs")
    return ends == ["2", "2"], f"exit statuses {ends}"


ATTACKS: Final = (
    staff_without_permissions,
    typing_another_price,
    odd_values_of_staff,
    sixty_wrong_passwords,
    invented_addresses,
    eighty_sign_ins_at_once,
    start_without_an_encryption_key,
)
