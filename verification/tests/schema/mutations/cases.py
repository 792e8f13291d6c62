"""The three kinds of case: what must be seen, what must not, and what an option allows."""

from dataclasses import KW_ONLY, dataclass
from typing import Final

from verification.schema.comparison.options import Options

ONLY_WITH_CREATE: Final = "what the database itself has, it writes with --create only"
MEMBER: Final = "it leaves members of extensions to the extension"
LANGUAGE: Final = "it writes a language whose handler is the system's by its name alone"
INTERNAL: Final = "it never looks at the enabled state of internal triggers"
LARGE_OBJECT: Final = "large objects are rows to it, which a dump of the schema leaves out"
NO_ROWS: Final = "without rows it writes every materialized view as not populated"
SECRET: Final = "it writes the secret out; here a secret is no part of the schema"


@dataclass(frozen=True)
class Mutation:
    """One cause, and the one difference that it has to give."""

    name: str
    sql: str
    kind: str
    object: str
    attribute: str = ""
    """What changes; empty where a whole object comes or goes."""
    since: int = 14
    """The first version of PostgreSQL that can do it."""
    mirrored: str = ""
    """The object's name in the other direction, where that is another one: it was renamed."""
    autocommit: bool = False
    """Whether its statements (one a line) refuse to run inside a transaction."""
    _: KW_ONLY
    change: str = ""
    """``added``, ``removed`` or ``changed``; empty: whichever it is, the other direction mirrors it."""
    given: str = ""
    """Statements that prepare the base for this case alone: they are part of both sides."""
    needs: str = ""
    """``icu``, ``lz4``: what the server must have been built with."""
    pg_dump_blind: str = ""
    """Why ``pg_dump -s`` shows nothing; empty: it must show the change too."""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Harmless:
    """A way to the same database: no difference at all."""

    name: str
    sql: str
    since: int = 14
    autocommit: bool = False
    _: KW_ONLY
    pg_dump_alarm: str = ""
    """Why ``pg_dump -s`` shows a difference; empty: it must show none either."""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Allowed:
    """A difference by default, none with the option."""

    name: str
    sql: str
    option: Options
    since: int = 14
    autocommit: bool = False

    def __str__(self) -> str:
        return self.name
