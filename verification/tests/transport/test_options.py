"""The rule for OPTIONS, one row for each of its sentences."""

import pytest

from verification.transport.options import (
    MODES,
    Values,
    combinations,
    expected_options,
    expects_warning,
    unexpected,
    weakening,
)

FILES = {"sslcert": "/c.crt", "sslkey": "/c.key", "sslrootcert": "/r.crt"}


@pytest.mark.parametrize(
    ("database", "values", "expected", "warning"),
    [
        ("shop", {"sslmode": "require"}, {"sslmode": "require"}, False),
        ("shop", {"sslmode": "verify-full", **FILES}, {"sslmode": "verify-full", **FILES}, False),
        (
            "shop",
            {"sslmode": "disable", "sslrootcert": "/r"},
            {"sslmode": "disable", "sslrootcert": "/r"},
            False,
        ),
        ("shop", {"sslmode": "require", "sslcert": ""}, {"sslmode": "require"}, False),
        ("shop", {"sslmode": "verify_full", **FILES}, {}, True),
        ("shop", {"sslmode": "REQUIRE"}, {}, True),
        ("shop", {"sslmode": " require"}, {}, True),
        ("shop", {"sslmode": None, **FILES}, {}, True),
        ("shop", {"sslmode": "", "sslkey": ""}, {}, False),
        ("shop", {}, {}, False),
        ("", {"sslmode": "require", **FILES}, {}, False),
        (None, {"sslmode": "verify_full"}, {}, False),
    ],
)
def test_the_rule(database: str | None, values: Values, expected: dict[str, str], warning: bool) -> None:
    """A valid mode gives itself and every file that is set; anything else gives nothing."""
    assert expected_options(database, values) == expected
    assert expects_warning(database, values) is warning


def test_every_combination_of_the_four_variables_is_among_those_tried() -> None:
    """Each mode stands beside each of the eight ways to set three files."""
    tried = {
        (values["sslmode"], *(bool(values[keyword]) for keyword in FILES))
        for database, values in combinations("/there", "/missing")
        if database
    }

    assert len(tried) == (len(MODES) + 8) * 2**3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sslmode": "require", "gssencmode": "require"}, ["gssencmode=require"]),
        ({"sslmode": "require", "channel_binding": "disable"}, ["channel_binding=disable"]),
        ({"sslmode": "require", "ssl_max_protocol_version": "TLSv1.2"}, ["ssl_max_protocol_version=TLSv1.2"]),
        ({"sslmode": "require", "ssl_min_protocol_version": "TLSv1"}, ["ssl_min_protocol_version=TLSv1"]),
        ({"sslmode": "require", "sslcertmode": "disable"}, ["sslcertmode=disable"]),
        ({"sslmode": "require", "sslkeylogfile": "/tmp/keys"}, ["sslkeylogfile=/tmp/keys"]),
        ({"sslmode": "require", "sslrootcert": "/r"}, ["sslrootcert='/r'"]),
        ({"sslmode": "prefer"}, ["sslmode='prefer'"]),
        ({}, ["sslmode=None"]),
        ({"sslmode": "require", "gssencmode": "disable", "channel_binding": "require"}, []),
        ({"sslmode": "require", "ssl_min_protocol_version": "TLSv1.3", "sslnegotiation": "direct"}, []),
        ({"sslmode": "require", "sslcrl": "/list.crl", "sslsni": "0"}, []),
    ],
)
def test_keywords_that_weaken_a_connection(options: dict[str, str], words: list[str]) -> None:
    """A keyword beside the four variables may make a connection stronger, never weaker."""
    assert unexpected(options, {"sslmode": "require"}) == words


def test_what_libpq_uses_by_default_weakens_nothing() -> None:
    """The parameters of a connection hold every keyword, most with libpq's own default."""
    assert weakening({"sslmode": "verify-full", "gssencmode": "prefer", "sslcompression": "0"}) == []
