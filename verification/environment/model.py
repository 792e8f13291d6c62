"""The words of this package: what is read, what is documented, what is wrong."""

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

MASK: Final = "***"
SECRET_NAME: Final = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|TOKEN|SECRET|CREDENTIALS|(?:SECRET|API|ENCRYPTION|PRIVATE|SIGNING)_KEY)$"
)
"""Names that mean a secret even where no documentation says so."""
_URL_PASSWORD: Final = re.compile(r"(?<=://)([^/\s:@]*):([^/\s@]+)@")


class Problem(StrEnum):
    """What can be wrong with one variable."""

    UNDOCUMENTED = "undocumented"
    NOT_READ = "documented but not read"
    DEFAULT_DIFFERS = "default differs"
    SECRET_WITH_DEFAULT = "secret with a default"  # noqa: S105 - the name of a fault
    SECRET_NOT_MARKED = "secret not marked"  # noqa: S105 - the name of a fault
    EMPTY_IS_NOT_UNSET = "empty is not unset"
    DUPLICATE = "named twice"
    NAME_NOT_LITERAL = "name is not a literal"
    WHOLE_ENVIRONMENT = "whole environment read"
    WITNESSES_DISAGREE = "witnesses disagree"
    NO_EFFECT = "changing it changes nothing"
    NOT_EFFECTIVE = "documented default is not the effective one"
    NOT_OFFERED = "missing from a deployment file"


@dataclass(frozen=True)
class Read:
    """One place where a variable is read."""

    variable: str
    file: str
    line: int
    default: str | None = None
    """As text: ``"60"``, ``"False"``, ``"a,b"``; None: no default."""
    computed: bool = False
    """The default is an expression that only running it can tell; ``default`` is its source."""

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

    @property
    def where(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, order=True)
class Finding:
    """One fault: which variable, what is wrong, where, and what to do."""

    where: str
    variable: str
    problem: Problem
    action: str
    documented: str | None = None
    actual: str | None = None

    @property
    def line(self) -> str:
        """The finding as one line for a terminal."""
        return f"{self.where}: {self.variable}: {self.problem}: {self.action}"

    def to_json(self) -> dict[str, Any]:
        """Give the object that ``env --format json`` prints."""
        return {
            key: str(value) if isinstance(value, Problem) else value for key, value in asdict(self).items()
        }

    def to_difference(self) -> dict[str, Any]:
        """Give it in the shape that a report shows differences in."""
        return {
            "kind": "variable",
            "object": self.variable,
            "change": str(self.problem),
            "attribute": self.where,
            "left": self.documented,
            "right": self.actual or self.action,
        }


def looks_secret(name: str, default: str | None = None) -> bool:
    """Whether a name alone says that its value is a secret; numbers and switches are none."""
    plain = default is not None and re.fullmatch(r"\d+(\.\d+)?|true|false|yes|no", default, re.IGNORECASE)
    return bool(SECRET_NAME.search(name)) and not plain


def masked(text: str | None, *, secret: bool = False) -> str | None:
    """Give a value fit for a report: a secret as ``***``, a URL without its password."""
    if text is None or text == "":
        return text
    return MASK if secret else _URL_PASSWORD.sub(rf"\1:{MASK}@", text)


def has_password(text: str | None) -> bool:
    """Whether a value is a URL that carries a password."""
    return bool(text and _URL_PASSWORD.search(text))
