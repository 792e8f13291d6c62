"""Hypothesis strategies for health check requests (Property 1 holds "for any health check request")."""

import string
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

FRAMING: Final = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        # A server may refuse these if they contradict each other; REACTIVE_HEADERS has one of them.
        "x-forwarded-proto",
        "x-forwarded-protocol",
        "x-forwarded-ssl",
    }
)
"""Headers that define how the message is parsed; with wrong values it is not a request (RFC 9112)."""
METHODS: Final = ("GET", "HEAD")
"""The methods that a health endpoint answers."""
LONGEST_QUERY: Final = 3500
"""Characters; gunicorn refuses a request line of more than 4,094."""
LONGEST_HEADER: Final = 4000
"""Characters; gunicorn refuses a header of more than 8,190."""
HOSTS: Final = (
    "10.244.3.17:8000",
    "[fd00::17]:8000",
    "169.254.1.1",
    "health.svc.cluster.local",
    "evil.example",
    "xn--80ak6aa92e.example:65535",
    "localhost",
)
REACTIVE_HEADERS: Final[tuple[tuple[str, str], ...]] = (
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "evil.example"),
    ("Authorization", "Bearer 0"),
    ("Accept", "text/html"),
    ("Accept-Language", "ru,en;q=0.5"),
    ("If-None-Match", '"0"'),
    ("If-Modified-Since", "Sat, 29 Oct 1994 19:43:31 GMT"),
    ("Range", "bytes=0-0"),
    ("Origin", "https://evil.example"),
    ("Referer", "https://evil.example/"),
    ("X-Forwarded-For", "203.0.113.7"),
    ("X-Requested-With", "XMLHttpRequest"),
    ("X-Request-ID", "0"),
    ("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
)
"""Headers to which some layer of a web application reacts."""
AGENTS: Final = (
    "kube-probe/1.33",
    "GoogleHC/1.0",
    "ELB-HealthChecker/2.0",
    "Amazon-Route53-Health-Check-Service (ref 0)",
    "Consul Health Check",
    "Prometheus/3.5.0",
    "Blackbox Exporter/0.27.0",
    "curl/8.5.0",
    "python-requests/2.32",
    "UptimeRobot/2.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
)
"""Who asks: probes, load balancers, monitors, browsers."""
COOKIES: Final = ("sessionid=0123456789abcdef; csrftoken=x", "debug=1", "messages=W10:1; theme=dark")
QUERIES: Final = (
    "verbose",
    "verbose=1",
    "full=true&format=json",
    "deep=1",
    "check=database",
    "t=1700000000",
    "a[]=%00",
)
REFUSED: Final = frozenset('#"<>')
"""What no query holds (RFC 3986): the first begins a fragment, and for the others granian answers 400 itself."""
SHOWN: Final = 80
"""Characters of a query or a header that a report shows."""


@dataclass(frozen=True)
class Request:
    """One request to the health path."""

    method: str = "GET"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """The request in one line, long values cut."""
        query = f"?{_cut(self.query)}" if self.query else ""
        headers = "".join(f", {name}: {_cut(value)}" for name, value in self.headers.items())
        return f"{self.method} {query}{headers}"


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)} characters)"


REPRESENTATIVE: Final = (
    *(Request(method) for method in METHODS),
    *(Request(method, "verbose=1", {"Cookie": COOKIES[0]}) for method in METHODS),
    *(Request(query=query) for query in (*QUERIES, "x" * LONGEST_QUERY)),
    *(Request(headers={"Cookie": cookie}) for cookie in (*COOKIES, "c=" + "x" * LONGEST_HEADER)),
    *(Request(headers={"User-Agent": agent}) for agent in AGENTS),
    *(Request(headers={name: value}) for name, value in REACTIVE_HEADERS),
    *(Request(headers={"Host": host}) for host in HOSTS),
)
"""One request of each kind that some layer of a web application treats in a way of its own."""


ON_OCCASION: Final = (
    Request("HEAD"),
    Request(query="x" * LONGEST_QUERY),
    Request(headers={"Cookie": COOKIES[0]}),
)
"""The fewest requests that differ in method, query and cookie from the barest one."""


def hosts() -> SearchStrategy[str]:
    """Return addresses and names, known and unknown."""
    label = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=20)
    names = st.lists(label, min_size=1, max_size=4).map(".".join)
    return st.sampled_from(HOSTS) | names | st.ip_addresses(v=4).map(str)


def queries() -> SearchStrategy[str]:
    """Return query strings, short and as long as a server allows: any visible ASCII that is not ``REFUSED``."""
    visible = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in REFUSED)
    text = st.text(visible, max_size=200)
    long = st.builds(
        lambda part, size: (part * size)[:size],
        st.text(visible, min_size=1, max_size=9),
        _sizes(LONGEST_QUERY),
    )
    return st.just("") | st.sampled_from(QUERIES) | text | long


def _sizes(longest: int) -> SearchStrategy[int]:
    """Return lengths; the powers of two let a limit anywhere be passed, and the longest itself be tried."""
    return st.sampled_from([256, 512, 1024, 2048, longest])


def cookies() -> SearchStrategy[str]:
    """Return cookies: known ones, any name and value, and long ones."""
    word = st.text(string.ascii_letters + string.digits + "_-.", min_size=1, max_size=30)
    pairs = st.lists(st.tuples(word, word).map("=".join), min_size=1, max_size=4).map("; ".join)
    long = st.builds(lambda name, size: f"{name}={'x' * size}", word, _sizes(LONGEST_HEADER - 40))
    return st.sampled_from(COOKIES) | pairs | long


def headers() -> SearchStrategy[dict[str, str]]:
    """Return up to ten headers: reactive and arbitrary ones, a cookie, an agent."""
    names = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=30).filter(
        lambda name: name.lower() not in FRAMING
    )
    visible = string.ascii_letters + string.digits + string.punctuation + " "
    values = st.text(visible, max_size=60).map(str.strip)
    arbitrary = st.dictionaries(names, values, max_size=5)
    reactive = st.lists(st.sampled_from(REACTIVE_HEADERS), max_size=3).map(dict)
    agent = st.sampled_from(AGENTS) | st.text(visible, min_size=1, max_size=300).map(str.strip)
    usual = st.fixed_dictionaries({}, optional={"Cookie": cookies(), "User-Agent": agent})
    return st.builds(lambda *parts: dict(ChainMap(*parts)), usual, reactive, arbitrary)


def requests() -> SearchStrategy[Request]:
    """Return whole requests, with the two methods that a health endpoint answers."""
    with_host = st.builds(lambda fields, host: {**fields, "Host": host}, headers(), hosts())
    return st.builds(Request, st.sampled_from(METHODS), queries(), st.just({}) | with_host)


def drawn(count: int) -> list[Request]:
    """Return so many drawn requests, other ones each time."""
    found: list[Request] = []

    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate])
    @given(requests())
    def collect(request: Request) -> None:
        found.append(request)

    collect()
    return found
