"""The package itself as it is installed: its version, and whether an extra is there."""

import re
from typing import Final

from .errors import CannotRun

DISTRIBUTION: Final = "django-postgres-verification"


def installed_version() -> str:
    """Return the version of the package; "unknown" in a checkout that is not installed."""
    return _version(DISTRIBUTION) or "unknown"


def require(extra: str, what: str) -> None:
    """Raise ``CannotRun`` unless all packages of an extra are installed; ``what`` needs them."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return  # nobody has installed it by name
    of_extra = [line for line in lines if re.search(rf"""extra == ['"]{extra}['"]""", line)]
    names = [found[0] for line in of_extra if (found := re.match(r"[\w.-]+", line))]
    if absent := [name for name in names if not _version(name)]:
        raise CannotRun(f"{what} needs {', '.join(absent)}", advice(extra))


def advice(extra: str) -> str:
    """Return how to install an extra."""
    return f"pip install '{DISTRIBUTION}[{extra}]'"


def _version(distribution: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version  # takes as long as all of ``--help``

    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
