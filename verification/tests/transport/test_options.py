"""The rule for OPTIONS, one row for each of its sentences."""

import pytest

from verification.transport.options import MODES, Values, combinations, expected_options, expects_warning

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

    assert len(tried) == (len(MODES) + 4) * 2**3
