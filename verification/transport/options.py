"""What OPTIONS of the database must contain for given variables: the rule, independent of the project's code.

A valid mode is an option, and so is each file that is set; without a valid mode there are none. None is an
unset variable. An empty one counts as unset, because libpq takes an empty path for a file in the home directory.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""libpq's modes, weakest first (https://www.postgresql.org/docs/current/libpq-ssl.html)."""
FILES: Final = ("sslcert", "sslkey", "sslrootcert")
Values = Mapping[str, str | None]
"""libpq's keyword -> the value of the project's variable for it."""


def expected_options(database: str | None, values: Values) -> dict[str, str]:
    """Return the options about TLS: libpq keyword -> value."""
    mode = values.get("sslmode")
    if not database or mode not in MODES:
        return {}
    files = {keyword: path for keyword in FILES if (path := values.get(keyword))}
    return {"sslmode": mode, **files}


def expects_warning(database: str | None, values: Values) -> bool:
    """Whether the log must warn: of an invalid mode, or of files without a mode."""
    if not database:
        return False
    mode = values.get("sslmode")
    if mode:
        return mode not in MODES
    return any(values.get(keyword) for keyword in FILES)


def combinations(existing: str, missing: str) -> Iterator[tuple[str | None, Values]]:
    """Return combinations of a database set or not, each mode, and each file unset, empty or set."""
    other: tuple[str | None, ...] = (None, "", "verify_full", "REQUIRE")
    for database, modes, paths in (
        ("shop", MODES, (None, "", existing)),
        ("shop", other, (None, existing)),
        ("shop", MODES, (missing,)),
        ("", (None, *MODES), (existing,)),
        (None, (None, *MODES, "verify_full"), (None, existing)),
    ):
        for mode, *files in product(modes, paths, paths, paths):
            yield database, {"sslmode": mode, **dict(zip(FILES, files, strict=True))}
