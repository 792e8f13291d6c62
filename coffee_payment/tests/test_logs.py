"""Log lines are JSON objects without private data."""

import io
import json
import logging
from typing import Any

import pytest
from coffee_payment.logs import AccessFilter, JsonFormatter, StrangersFilter, mask
from hypothesis import given, settings
from hypothesis import strategies as st


class Log:
    """A separate logger and the lines that it wrote."""

    def __init__(self, name: str, secrets: list[str]) -> None:
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(JsonFormatter(secrets=secrets))
        self.handler.addFilter(AccessFilter())
        self.handler.addFilter(StrangersFilter())
        self.logger = logging.Logger(name)  # noqa: LOG001 - outside the tree, so that tests do not meet
        self.logger.addHandler(self.handler)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def log() -> Log:
    return Log("tests", ["the-secret-of-this-test"])


def test_a_line_holds_the_agreed_fields(log: Log) -> None:
    """timestamp, level, logger, message come first; extra fields follow; Russian stays readable."""
    log.logger.warning("Заказ %s", "17", extra={"order_id": "17", "attempt": 2})

    (line,) = log.lines
    assert list(line)[:4] == ["timestamp", "level", "logger", "message"]
    assert line["timestamp"].endswith("+00:00")
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "tests", "Заказ 17")
    assert (line["order_id"], line["attempt"]) == ("17", 2)
    assert "Заказ" in log.stream.getvalue()


def test_an_exception_comes_with_its_traceback(log: Log) -> None:
    """The text of the exception is masked."""
    try:
        int("redis://:pass-word@cache:6379/0")
    except ValueError:
        log.logger.exception("failed")

    assert "Traceback" in log.lines[0]["exception"]
    assert "pass-word" not in log.stream.getvalue()


PRIVATE = [
    ("ivan.petrov@mail.ru", "iva***"),
    ("to a@b.ru!", "to a@b***!"),
    ('to "anna k"@b.ru', 'to "an***'),
    ("o'neil+x@[192.0.2.1]", "o'n***"),
    ("anna@[IPv6:2001:db8::1], b", "ann***, b"),
    ("admin@localhost said", "adm*** said"),
    ("анна@почта.рф", "анн***"),
    ("postgresql://coffee:pa55@db/coffee", "postgresql://coffee:***@db/coffee"),
    ("redis://:pa55@cache:6379/0", "redis://:***@cache:6379/0"),
    ("Authorization: Bearer abcdef123", "Authorization: ***"),
    ("sent Bearer abcdef123", "sent Bearer ***"),
    ('{"password": "a b", "name": "x"}', '{"password": ***, "name": "x"}'),
    ("{'Token': 'abc', 'Amount': 5}", "{'Token': ***, 'Amount': 5}"),
    ("secret_key=abc&size=1", "secret_key=***&size=1"),
    ("key gAAAAABkq1l7w2Jz9Fv3rU0o5d6W_x-1==", "key ***"),
    ("tokens are counted: 5", "tokens are counted: 5"),
]


@pytest.mark.parametrize(("text", "masked"), PRIVATE)
def test_free_text_is_masked(text: str, masked: str) -> None:
    """Private parts are hidden, the rest stays readable."""
    assert mask(text) == masked


FIELDS = {
    "headers": {"Authorization": "Basic QWxhZGRpbjpvcGVu", "X-Request-Id": "r1"},
    "credentials": {"account_id": "shop", "secret_key": "hidden-1"},
    "items": [{"Password": "hidden-2"}, {"customer": {"email": "ivan.petrov@mail.ru"}}],
    "token": "hidden-3",
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece", ["a-", "a.", "a", "a@", "a@b.", "://", "a://b:", "token ", "token-", "'", "Bearer "]
)
def test_a_long_text_takes_no_longer_than_its_length(piece: str) -> None:
    """Masking takes linear time: quadratic time would be minutes for 100,000 characters."""
    text = piece * (100_000 // len(piece))

    assert mask(f"{text} to ivan.petrov@mail.ru, password=hidden-1").endswith("to iva***, password=***")


def test_half_a_character_is_written_as_an_escape(log: Log) -> None:
    """A lone surrogate cannot be encoded; the line is still written."""
    log.logger.info("path", extra={"path": "/\ud800"})

    assert log.stream.getvalue().encode()
    assert log.lines[0]["path"] == "/\ud800"


def test_fields_are_masked_by_their_names(log: Log) -> None:
    """Nested fields are masked too."""
    log.logger.info("call", extra=FIELDS)

    text = log.stream.getvalue()
    for private in ("QWxhZGRpbjpvcGVu", "hidden-1", "hidden-2", "hidden-3", "petrov"):
        assert private not in text
    assert log.lines[0]["headers"]["X-Request-Id"] == "r1"


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_characters="\ud800", codec="utf-8")), st.text("xyz 0", max_size=5))
def test_a_known_secret_never_appears(before: str, after: str) -> None:
    """The surrounding text does not matter."""
    log = Log("tests", ["the-secret-of-this-test"])

    log.logger.info(
        "%s", before + "the-secret-of-this-test" + after, extra={"a": ["the-secret-of-this-test"]}
    )

    assert "the-secret-of-this-test" not in log.stream.getvalue()


def access(name: str, path: str, status: str) -> Log:
    """Write an access record as gunicorn or Django's development server does."""
    log = Log(name, [])
    if name == "gunicorn.access":
        log.logger.info("%(U)s", {"m": "GET", "U": path, "s": status, "M": 3, "B": 70, "h": "10.0.0.1"})
    else:
        log.logger.info('"%s" %s %s', f"GET {path}?token=private HTTP/1.1", status, "70")
    return log


def test_an_access_line_has_the_id_that_the_answer_has() -> None:
    """The id joins the line with the other lines of the request."""
    given = Log("gunicorn.access", [])
    atoms = {"m": "GET", "U": "/v1/pay", "s": "200", "M": 3, "B": 70, "h": "10.0.0.1"}
    given.logger.info("%(U)s", atoms | {"{x-request-id}o": "proxy-12345678"})
    given.logger.info("%(U)s", atoms)

    assert [line.get("request_id") for line in given.lines] == ["proxy-12345678", None]


@pytest.mark.parametrize("name", ["gunicorn.access", "django.server"])
@pytest.mark.parametrize(
    ("path", "status", "kept"),
    [
        ("/health", "200", False),
        ("/health", "500", True),
        ("/health", "405", True),
        ("/healthy", "200", True),
        ("/health/", "200", True),
        ("/v1/pay", "200", True),
    ],
)
def test_successful_probes_alone_leave_no_access_line(name: str, path: str, status: str, kept: bool) -> None:
    """All other requests have an access line, with fields and without the query."""
    lines = access(name, path, status).lines

    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", path, int(status))
    ] * kept
    assert "private" not in json.dumps(lines)


def test_what_a_stranger_names_is_cut(log: Log) -> None:
    """Wherever it stands: in the message, in a field, as the name of a field, as one of many."""
    long = "x" * 100_000
    log.logger.warning("path %s", long, extra={"names": [long] * 3, "of": {long: "x"}, "many": ["y"] * 9000})

    assert len(log.stream.getvalue()) < 7000


def test_a_foreign_host_is_one_line(db: None, caplog: pytest.LogCaptureFixture) -> None:
    from django.test import Client

    assert Client().get("/v1/pay", headers={"host": "evil.example"}).status_code == 400

    (record,) = [each for each in caplog.records if each.name.startswith("django.security")]
    assert StrangersFilter().filter(record)
    assert (record.levelname, record.exc_info) == ("WARNING", None)
