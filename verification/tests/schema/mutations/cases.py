"""The kinds of case: a mutation, a harmless change, and a difference that an option allows."""

from dataclasses import KW_ONLY, dataclass
from typing import Final

from verification.schema.comparison.options import Options

ONLY_WITH_CREATE: Final = "what the database itself has, it writes with --create only"
MEMBER: Final = "it leaves members of extensions to the extension"
LANGUAGE: Final = "it writes a language whose handler is the system's by its name alone"
INTERNAL: Final = "it never looks at the enabled state of internal triggers"
LARGE_OBJECT: Final = "large objects are rows to it, which a dump of the schema omits"
NO_ROWS: Final = "without rows it writes every materialized view as not populated"
SECRET: Final = "it writes the secret out; here a secret is no part of the schema"


@dataclass(frozen=True)
class Case:
    """Statements that change the base."""

    name: str
    sql: str
    _: KW_ONLY
    since: int = 14
    """The first version of PostgreSQL that can run it."""
    given: str = ""
    """Statements that prepare the base for this case alone: they are part of both sides."""
    needs: str = ""
    """``icu``, ``lz4``: what the server must have been built with."""
    autocommit: bool = False
    """Whether its statements (one a line) refuse to run inside a transaction."""

    @property
    def statements(self) -> list[str]:
        """What to run, one after another."""
        return self.sql.splitlines() if self.autocommit else [self.sql]


@dataclass(frozen=True)
class Mutation(Case):
    """A change that is exactly one difference."""

    kind: str
    object: str
    """The object's name as the difference gives it; ``{user}``: the role that runs the tests."""
    attribute: str = ""
    """What changes; empty where a whole object is added or removed."""
    _: KW_ONLY
    change: str = "changed"
    """``added``, ``removed`` or ``changed``."""
    mirrored: str = ""
    """The object's name in the other direction, where it was renamed."""
    pg_dump_blind: str = ""
    """Why ``pg_dump -s`` shows nothing; empty: it must show the change too."""


@dataclass(frozen=True)
class Harmless(Case):
    """A change that is no difference at all."""

    pg_dump_alarm: str = ""
    """Why ``pg_dump -s`` shows a difference; empty: it must show none either."""


@dataclass(frozen=True)
class Allowed(Case):
    """A difference by default, none with the option."""

    option: Options


def owner(statement: str, kind: str, name: str) -> Mutation:
    """Return the change of an object's owner."""
    sql = f"ALTER {statement} OWNER TO mutation_owner"
    return Mutation(f"owner of a {kind.replace('_', ' ')}", sql, kind, name, "owner")
