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
HARMLESS: Final[Mapping[str, frozenset[str]]] = {
    "channel_binding": frozenset({"prefer", "require"}),
    "gssencmode": frozenset({"prefer", "disable"}),
    "require_auth": frozenset(
        {"", "scram-sha-256", "!none", "!password", "!password,!none", "!none,!password"}
    ),
    "requiressl": frozenset(),
    "ssl_max_protocol_version": frozenset({"", "TLSv1.3"}),
    "ssl_min_protocol_version": frozenset({"", "TLSv1.2", "TLSv1.3"}),
    "sslcertmode": frozenset({"allow", "require"}),
    "sslcompression": frozenset({"0"}),
    "sslkeylogfile": frozenset({""}),
    "sslnegotiation": frozenset({"postgres", "direct"}),
}
"""Other keywords of libpq that say how a connection is secured -> values that do not weaken it.

With ``gssencmode=require`` there is no TLS at all. Source: https://www.postgresql.org/docs/current/libpq-connect.html
"""
FREE: Final = frozenset({"sslcrl", "sslcrldir", "sslpassword", "sslsni"})
"""Keywords that a project may set as it likes."""


def weakening(parameters: Mapping[str, str]) -> list[str]:
    """Return the keywords that weaken a connection, each with its value."""
    return [
        f"{keyword}={value}"
        for keyword, value in sorted(parameters.items())
        if keyword in HARMLESS and value not in HARMLESS[keyword]
    ]


def about_tls(keyword: str) -> bool:
    """Whether a keyword of libpq says how a connection is secured."""
    return keyword in HARMLESS or keyword.startswith("ssl")


def unexpected(options: Mapping[str, str], expected: Mapping[str, str]) -> list[str]:
    """Return what differs from the expected options, or weakens the connection beside them."""
    found = weakening(options)
    for keyword in sorted({*options, *expected}):
        free = keyword in HARMLESS or keyword in FREE
        if options.get(keyword) != expected.get(keyword) and not (free and keyword in options):
            found.append(f"{keyword}={options.get(keyword)!r}")
    return found


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
    other: tuple[str | None, ...] = (
        None,
        "",
        "verify_full",
        "REQUIRE",
        " ",
        " require",
        "verify-full ",
        "prefer\n",
    )
    for database, modes, paths in (
        ("shop", MODES, (None, "", existing)),
        ("shop", other, (None, existing)),
        ("shop", MODES, (missing,)),
        ("", (None, *MODES), (existing,)),
        (None, (None, *MODES, "verify_full"), (None, existing)),
    ):
        for mode, *files in product(modes, paths, paths, paths):
            yield database, {"sslmode": mode, **dict(zip(FILES, files, strict=True))}
