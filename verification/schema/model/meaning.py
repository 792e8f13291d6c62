"""What is special of an attribute: metadata of the fields in ``objects``: the rules of comparison and DDL."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar

from . import inspected_forms as form

T = TypeVar("T")
KEY: Final = "meaning"

Text = Literal["", "expression", "query", "statement", "verbatim"]
"""What a text is: ``expression``, printed from a parsed one; ``query``, a view's or a rule's; ``statement``, where one
name may mean two objects of which only one was renamed (``new.a``, ``t.a``); ``verbatim``, kept as it was written."""


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """The metadata of one field."""

    implied_by: tuple[str, ...] = ()
    """Attributes of the same object with which PostgreSQL changes this one."""
    part_of: str = ""
    """The attribute without which this one does not exist."""
    text: Text = ""
    parsed: bool = False
    """Whether PostgreSQL prints it from a parsed expression or query, which may have two spellings."""
    body: bool = False
    """Whether it is the body of a routine, in which white space may be ignored."""
    unordered: bool = False
    """Whether the order in the list may be ignored."""
    per_key: bool = False
    """Whether it is a list with one value for each key of an index."""
    generated_name: bool = False
    """Whether it is a name that PostgreSQL or Django generates."""
    names_index: bool = False
    """Whether it names one of the table's indexes."""
    by_attaching: bool = False
    """Whether it changes when the table is attached as a partition."""
    follows_table: bool = False
    """Whether PostgreSQL changes it in a sequence together with the table that owns the sequence.

    https://www.postgresql.org/docs/current/sql-altertable.html (OWNER TO, SET LOGGED)
    """
    since: int = 0
    """First major version of PostgreSQL that has it; servers before are compared without it."""
    inspected: Callable[[object], object] | None = None
    """Brings the value and what SQLAlchemy's inspection returns into one form; None: not inspected."""
    made: Literal["", "create", "after"] = ""
    """Whether CREATE writes it, or a statement after CREATE; empty: neither."""


NOTHING_SPECIAL: Final = Meaning()


def attribute(default: T, meaning: Meaning) -> T:
    """Return a dataclass field with this metadata."""
    return field(default=default, metadata={KEY: meaning})


CREATE: Final = Meaning(made="create")
AFTER: Final = Meaning(made="after")
FLAG: Final = Meaning(made="create", inspected=form.flag)
COLUMNS: Final = Meaning(made="create", inspected=form.unquoted_list)
OWNER: Final = Meaning(made="after", follows_table=True)
NOT_NULL_NAME: Final = Meaning(
    text="verbatim", part_of="not_null", generated_name=True, by_attaching=True, since=18, made="create"
)
NOT_NULL_PART: Final = Meaning(part_of="not_null")
