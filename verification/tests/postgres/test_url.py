"""URLs of databases: whatever the password is, no part of it is shown."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from verification.errors import CannotRun
from verification.postgres import driver
from verification.postgres.driver import parse_dsn
from verification.postgres.url import address, connect, refuse_unclear
from verification.report.redaction import redact

PASSWORDS = st.text(alphabet="@/?#:%&=[] " + string.ascii_lowercase, min_size=1)
WORD = "HIDDEN"


def _refusal(url: str) -> str:
    try:
        refuse_unclear(url)
    except CannotRun as error:
        return str(error)
    return ""


@given(before=PASSWORDS, after=PASSWORDS)
@example(before="?", after="=/")
@example(before="/", after="?application_name=")
@example(before="?application_name=/", after="")
def test_a_url_is_refused_or_its_password_is_where_libpq_looks_for_it(before: str, after: str) -> None:
    """For any password, written as it is: no part of it becomes the host, the port or the database's name."""
    url = f"postgresql://someone:{before}{WORD}{after}@host:1/name"
    refusal = _refusal(url)
    if refusal:
        assert WORD not in refusal
        return
    assert address(url) == "host:1/name"
    try:
        found = parse_dsn(url)
    except (driver.ProgrammingError, UnicodeError):
        return  # its message is never shown
    assert WORD not in "".join(value for name, value in found.items() if name != "password")


@given(before=PASSWORDS, after=PASSWORDS)
def test_a_url_in_a_message_is_masked(before: str, after: str) -> None:
    password = f"{before}{WORD}{after}".replace(" ", "")

    assert WORD not in redact(f"cannot read postgresql://someone:{password}@host/name of yours")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///name",
        "postgresql://host/name",
        "postgresql://someone@host/name",
        "postgresql://someone:p%40ss%2Fword@host:5433/name?sslmode=require&application_name=a%40b",
        "postgres://one,two:5433/name?host=/run/postgresql",
        "postgresql://[::1]:5433/name",
        "postgresql://someone:pa?ss#wo:rd@host/name",
    ],
)
def test_what_libpq_understands_is_not_refused(url: str) -> None:
    refuse_unclear(url)

    assert parse_dsn(url)


@pytest.mark.parametrize("password", ["%aa", "\udcaa", "%00", "%zz"])
def test_what_libpq_cannot_decode_is_one_clear_line(password: str) -> None:
    with pytest.raises(CannotRun, match="none that libpq understands"):
        connect(f"postgresql://someone:{password}@127.0.0.1:1/name", connect_timeout=1)
