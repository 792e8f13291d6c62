"""The types of this package: a read, a documented row, a finding."""

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from ..report.finding import Finding as Record
from ..report.finding import Place

MASK: Final = "***"
FILE: Final = "_FILE"
"""End of a variable that names a file with the value of another one, as Docker's secrets are passed."""
SECRET_NAME: Final = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|TOKEN|SECRET|CREDENTIALS|(?:SECRET|API|ENCRYPTION|PRIVATE|SIGNING)_KEY)$"
)
"""EnvironAliases that mean a secret even where no documentation says so."""
RUNTIME: Final = re.compile(
    r"PYTHON[A-Z]*|DJANGO_SETTINGS_MODULE|TZ|LANG|LC_[A-Z]+|PATH|HOME|TMPDIR|PG[A-Z]+|HTTPS?_PROXY|NO_PROXY"
    r"|WEB_CONCURRENCY|GUNICORN_CMD_ARGS|FORWARDED_ALLOW_IPS"
)
"""Variables that Python, Django, libpq, gunicorn and the system read themselves."""
_URL_PASSWORD: Final = re.compile(r"(?<=://)([^/\s:@]*):([^/\s@]+)@")


class Problem(StrEnum):
    """What can be wrong with one variable."""

    UNDOCUMENTED = "undocumented"
    NOT_READ = "documented but not read"
    DEFAULT_DIFFERS = "default differs"
    SECRET_WITH_DEFAULT = "secret with a default"  # noqa: S105 - the name of a problem
    SECRET_NOT_MARKED = "secret not marked"  # noqa: S105 - the name of a problem
    EMPTY_IS_NOT_UNSET = "empty is not unset"
    DUPLICATE = "named twice"
    NAME_NOT_LITERAL = "name is not a literal"
    WHOLE_ENVIRONMENT = "whole environment read"
    SOURCE_AND_RUN_DIFFER = "source and run time differ"
    NO_EFFECT = "changing it changes nothing"
    NOT_EFFECTIVE = "documented default is not the effective one"
    FEEDS_ANOTHER = "sets the value of another variable"
    NOT_IN_DEPLOYMENT = "missing from a deployment file"


WHOLE_ENVIRONMENT: Final = "read each variable by its name: the whole environment cannot be documented"
"""What to do about ``Problem.WHOLE_ENVIRONMENT``."""


@dataclass(frozen=True)
class Read:
    """One place where a variable is read."""

    variable: str
    file: str
    line: int
    default: str | None = None
    """As text, such as ``"60"``, ``"False"`` or ``"a,b"``; None: no default."""
    computed: bool = False
    """The default depends on more than literals; ``default`` is the source of the expression."""
    otherwise: str | None = None
    """What stands in its place where a condition of another kind keeps it from being read."""

    @property
    def where(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Row:
    """One row of the documentation's table."""

    variable: str
    description: str
    default: str | None
    """None: documented as having none (an em dash)."""
    secret: bool
    category: str
    file: str
    line: int
    required: bool = False
    """It stands in a table without a column of defaults, which may be of variables that others read."""

    @property
    def where(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, order=True)
class Finding:
    """One problem of one variable: where, which, and what to do."""

    where: str
    variable: str
    problem: Problem
    action: str
    documented: str | None = None
    actual: str | None = None

    @property
    def line(self) -> str:
        """The finding as one line for a terminal."""
        values = (
            f" (documented: {self.documented}; read: {self.actual})"
            if self.documented and self.actual
            else ""
        )
        return f"{self.where}: {self.variable}: {self.problem}: {self.action}{values}"

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``env --format json`` prints."""
        return {
            key: str(value) if isinstance(value, Problem) else value for key, value in asdict(self).items()
        }

    def to_finding(self) -> Record:
        """Return the record that reports print: all problems of one variable have one cause."""
        values = (("documented", self.documented), ("read", self.actual))
        return Record(
            rule=f"environment.{self.problem.name.lower().replace('_', '-')}",
            message=f"{self.variable}: {self.problem}",
            subject=f"variable:{self.variable}",
            places=(Place.of(self.where),) if self.where else (),
            remedy=self.action,
            evidence=tuple(f"{what}: {value!r}" for what, value in values if value is not None),
        )


def looks_secret(name: str, default: str | None = None) -> bool:
    """Whether a name is that of a secret; a variable with a number or a boolean as its default is none."""
    plain = default is not None and re.fullmatch(r"\d+(\.\d+)?|true|false|yes|no", default, re.IGNORECASE)
    return bool(SECRET_NAME.search(name)) and not plain


def masked(text: str | None, *, secret: bool = False) -> str | None:
    """Return a value for a report: ``***`` for a secret, a URL without its password."""
    if text is None or text == "":
        return text
    return MASK if secret else _URL_PASSWORD.sub(rf"\1:{MASK}@", text)


def has_password(text: str | None) -> bool:
    """Whether a value is a URL that carries a password."""
    return bool(text and _URL_PASSWORD.search(text))
