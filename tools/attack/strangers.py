"""Floods, long bodies, and what is left in the log."""

import itertools
import statistics
import threading
from http.client import HTTPConnection
from typing import Any, Final

from payments.models import Order

from tools.attack.target import Target, at_once, invented_address

SCANS: Final = 1500
BODIES: Final = 500
FOUND, NOT_FOUND, BAD = 302, 404, 400
HEALTH_SECONDS: Final = 1.0
GROWTH_MIB: Final = 40
Outcome = tuple[bool, str]


def flood_of_scans(target: Target) -> Outcome:
    """Invented orders from one address, while customers scan other machines."""
    attacked, others = target.device(), itertools.cycle([target.device() for _ in range(20)])
    orders, calls = Order.objects.count(), len(target.server.calls)
    address = invented_address()
    over = threading.Event()
    seconds: list[float] = []
    refused: list[int] = []

    def customer() -> None:
        while not over.is_set():
            answer = target.scan(next(others))
            if answer.status == FOUND:
                seconds.append(answer.seconds)
            else:
                refused.append(answer.status)
            over.wait(0.1)

    thread = threading.Thread(target=customer)
    thread.start()
    try:
        at_once(SCANS, lambda _: target.scan(attacked, address=address), threads=32)
    finally:
        over.set()
        thread.join()
    customers = len(seconds) + len(refused)
    made, asked = Order.objects.count() - orders - customers, len(target.server.calls) - calls - 2 * customers
    p95 = statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0] if seconds else 60.0
    figures = f"{made} orders, {asked} telemetry calls for {SCANS} scans; customer p95 {1000 * p95:.0f} ms, "
    return made <= 100 and len(refused) <= customers // 10, figures + f"{len(refused)} of {customers} refused"  # noqa: PLR2004 - a minute's limit and some


def flood_of_long_bodies(target: Target) -> Outcome:
    """JSON of 2 MB, 64 at a time."""
    body = b'{"a": [' + b"{},[]," * 340_000 + b"0]}"
    target.ask("POST", "/v1/initiate-payment", b"{}")
    before = target.memory_mib()

    def post(number: int) -> int:
        path = ("/v1/initiate-payment", "/v1/yook-pay-webhook", "/v1/tbank-pay-webhook")[number % 3]
        return target.ask("POST", path, body, headers={"Content-Type": "application/json"}).status

    with target.watching_health() as seconds:
        at_once(BODIES, post, threads=64)
    after = target.memory_mib()
    figures = f"{before:.0f} MiB, then {after:.0f}; /health at most {max(seconds):.2f} s"
    return after - before < GROWTH_MIB and max(seconds) < HEALTH_SECONDS, figures


def long_names_in_the_log(target: Target) -> Outcome:
    """Field names, paths, queries, headers."""
    before = target.log_bytes()
    for size in (60_000, 2_400_000):
        name = "x" * size
        for _ in range(50):
            target.post("/v1/yook-pay-webhook", {name: 1, "event": "payment.succeeded"})
    for _ in range(50):
        target.ask("GET", "/v1/pay?" + "y" * 3000, headers={"X-Request-ID": "z" * 3000})
    grown = (target.log_bytes() - before) / 2**20
    return grown < 2, f"{grown:.1f} MiB for 150 requests"  # noqa: PLR2004 - MiB


def foreign_hosts(target: Target) -> Outcome:
    """One line at WARNING for each."""
    before = target.log_bytes()
    statuses = {target.ask("GET", "/v1/pay", headers={"Host": f"evil{n}.example"}).status for n in range(20)}
    with target.log.open(encoding="utf-8") as log:
        log.seek(before)
        lines = log.read()
    traces, errors = lines.count("Traceback"), lines.count('"level": "ERROR"')
    return statuses == {BAD} and not traces and not errors, f"{traces} tracebacks, {errors} lines at ERROR"


def injected_headers_and_scripts(target: Target) -> Outcome:
    """In the id and the name of a drink, and in headers."""
    order = Order.objects.first()
    assert order is not None  # noqa: S101
    order_id = '"><script>alert(1)</script>'
    Order.objects.filter(pk=order_id).delete()
    order.pk, order.drink_name = order_id, order_id
    order.save(force_insert=True)
    page = target.ask("GET", "/v1/order-status-page?order_id=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    split = target.ask("GET", "/v1/pay?x=%0d%0aX-Injected:1", headers={"X-Request-ID": "a\tb: c"})
    names = {name.lower() for name in (*page.headers, *split.headers)}
    held = "<script>alert" not in page.text and "x-injected" not in names
    return held, f"page {page.status}"


def headers_for_browsers(target: Target) -> Outcome:
    """A content security policy on every page, cookies for https only."""
    pages = ("/admin/login/", "/v1/order-status-page", "/v1/pay", "/nowhere")
    answers = [target.ask("GET", page) for page in pages]
    without = [
        page
        for page, answer in zip(pages, answers, strict=True)
        if "Content-Security-Policy" not in answer.headers
    ]
    cookie = answers[0].headers.get("Set-Cookie", "")
    return not without and "Secure" in cookie, f"without a policy: {without}; secure: {'Secure' in cookie}"


def metrics_of_strangers(target: Target) -> Outcome:
    """Closed, as is everything that tells about the inside."""
    statuses = [target.ask("GET", path).status for path in ("/health/metrics", "/health/deep")]
    return statuses == [NOT_FOUND] * 2, f"answers {statuses}"


def slow_body(target: Target) -> Outcome:
    """Clients that name a long body and send little of it."""
    connections = []
    for _ in range(100):
        connection = HTTPConnection("127.0.0.1", target.port, timeout=10)
        connection.putrequest("POST", "/v1/initiate-payment")
        connection.putheader("Content-Length", "60000")
        connection.endheaders(b"{")
        connections.append(connection)
    answer = target.scan(target.device())
    for connection in connections:
        connection.close()
    return (
        answer.status == FOUND and answer.seconds < HEALTH_SECONDS,
        f"a scan meanwhile: {answer.seconds:.2f} s",
    )


def secrets_and_addresses_in_the_log(target: Target) -> Outcome:
    """Canaries in every secret; e-mail addresses of odd forms."""
    odd = ('"anna k"@example.com', "odd.name@[192.0.2.1]", "admin@localhost", "o'neil@example.com")
    for email in odd:
        target.post("/v1/initiate-payment", {"order_id": target.order().pk, "email": email})
        target.ask("GET", f"/v1/order-status/{email.replace(' ', '%20').replace(chr(34), '%22')}")
    text = target.log.read_text(encoding="utf-8", errors="replace")
    canaries: list[Any] = [
        *(target.environment[name] for name in ("SECRET_KEY", "TMETR_TOKEN", "CREDENTIALS_ENCRYPTION_KEY")),
        *(
            value
            for keys in target.keys.values()
            for name, value in keys.items()
            if name in ("secret_key", "password")
        ),
    ]
    pages = "\n".join(target.shown)
    told = sum(canary in text or canary in pages for canary in canaries)
    addresses = [email for email in odd if email in text or email.replace('"', '\\"') in text]
    return not told and not addresses, f"{told} of {len(canaries)} secrets, addresses {addresses}"


ATTACKS: Final = (
    flood_of_scans,
    flood_of_long_bodies,
    long_names_in_the_log,
    foreign_hosts,
    injected_headers_and_scripts,
    headers_for_browsers,
    metrics_of_strangers,
    slow_body,
    secrets_and_addresses_in_the_log,
)
