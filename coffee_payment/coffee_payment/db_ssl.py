"""TLS between the server and PostgreSQL: the driver's options from four variables (docs/domain.md, section 10).

Pure functions: nothing here reads the environment or writes a log. `settings.py` calls `configure`, and the
payments app logs the findings once logging is set up.
"""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""libpq's modes from weakest to strongest."""

SECURE_MODES: Final = MODES[MODES.index("require") :]

FILE_OPTIONS: Final = {
    "POSTGRES_SSL_CERT": "sslcert",
    "POSTGRES_SSL_KEY": "sslkey",
    "POSTGRES_SSL_ROOT_CERT": "sslrootcert",
}
"""Variable -> libpq's keyword."""

SYSTEM_ROOTS: Final = "system"
"""libpq's value for the operating system's authorities, instead of a root certificate's path."""


@dataclass(frozen=True)
class Finding:
    """One line for the start-up log."""

    level: int
    message: str


@dataclass(frozen=True)
class DatabaseSSL:
    """The result of the variables."""

    postgresql: bool = False
    """Whether PostgreSQL is used."""
    options: dict[str, str] = field(default_factory=dict)
    """For `DATABASES["default"]["OPTIONS"]`; empty: no TLS options."""
    findings: tuple[Finding, ...] = ()

    @property
    def mode(self) -> str | None:
        """The mode in force, None when TLS is not configured."""
        return self.options.get("sslmode")

    def file(self, variable: str) -> Path | None:
        """Return the path that a file variable names; None when it is unused or names no file."""
        path = self.options.get(FILE_OPTIONS[variable])
        return Path(path) if path and not _is_system_roots(variable, path) else None

    def status(self) -> str:
        """Return the line that the start-up log shows."""
        if self.mode is None:
            return "PostgreSQL SSL: disabled"
        files = ", ".join(
            f"{variable} {'provided' if keyword in self.options else 'not provided'}"
            for variable, keyword in FILE_OPTIONS.items()
        )
        state = "disabled" if self.mode == "disable" else "enabled"
        return f"PostgreSQL SSL: {state}, mode {self.mode}; {files}"


def configure(
    *, db_name: str | None, mode: str | None, cert: str | None, key: str | None, root_cert: str | None
) -> DatabaseSSL:
    """Build the options.

    An empty variable counts as not set: for libpq an empty path means a file in the home directory.
    """
    if not db_name:
        return DatabaseSSL()
    given = dict(zip(FILE_OPTIONS, (cert, key, root_cert), strict=True))
    files = {variable: path for variable, path in given.items() if path}
    if not mode:
        return DatabaseSSL(postgresql=True, findings=_ignored_files(files))
    if mode not in MODES:
        message = f"POSTGRES_SSL_MODE {mode!r} is not one of {MODES}: no SSL options are used"
        return DatabaseSSL(postgresql=True, findings=(Finding(logging.WARNING, message),))
    options = {"sslmode": mode} | {FILE_OPTIONS[variable]: path for variable, path in files.items()}
    return DatabaseSSL(postgresql=True, options=options, findings=_missing_files(files))


def _ignored_files(files: dict[str, str]) -> tuple[Finding, ...]:
    if not files:
        return ()
    message = f"{', '.join(files)} ignored: POSTGRES_SSL_MODE is not set"
    return (Finding(logging.WARNING, message),)


def _missing_files(files: dict[str, str]) -> tuple[Finding, ...]:
    return tuple(
        Finding(logging.ERROR, f"{variable} names a file that does not exist: {path}")
        for variable, path in files.items()
        if not _is_system_roots(variable, path) and not Path(path).is_file()
    )


def _is_system_roots(variable: str, path: str) -> bool:
    return variable == "POSTGRES_SSL_ROOT_CERT" and path == SYSTEM_ROOTS
