"""One expression, two texts: ask PostgreSQL whether they are the same.

A database that was dumped and restored, or upgraded by pg_upgrade, prints some expressions otherwise than one in which
they were written first: the parser flattens nested AND, and a cast of a list moves to its elements. Here both texts
are parsed and printed again until the text stays, on a temporary table with the columns that they name, in a
transaction that is rolled back. No row is read; a view and a policy lock the tables that they name (ACCESS SHARE).
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from typing import Final, NamedTuple

from ..postgres import driver
from ..postgres.url import connect
from .catalog.session import SETTINGS
from .comparison.renames import map_texts
from .model.identity import Identity
from .model.objects import Object, with_meaning
from .model.schema import Schema

VIEWS: Final = frozenset({"view", "materialized_view"})
ROUNDS: Final = 5
"""How often a text may change while it is printed again."""
TRANSACTION: Final = SETTINGS | {"lock_timeout": "2s", "statement_timeout": "10s"}
"""A view whose tables are locked keeps its text."""
TRIGGER_CONDITION: Final = (
    r"SELECT substring(pg_get_triggerdef(oid) FROM ' WHEN \((.*)\) EXECUTE FUNCTION ')"
    " FROM pg_trigger WHERE tgrelid = {}"
)
POLICY_CONDITION: Final = "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = {}"
WORD: Final = re.compile(r'"(?:[^"]|"")*"|[\w$]+')


class Text(NamedTuple):
    """A text, and the objects that it needs around it; equal ones are asked once."""

    kind: str
    table: str
    columns: str
    text: str

    def question(self, text: str) -> tuple[str, str]:
        """Return the statements that parse ``text`` in the place of this one, and the query that prints it."""
        if self.kind in VIEWS:
            return f"CREATE TEMP VIEW v AS {text}", "SELECT rtrim(pg_get_viewdef('pg_temp.v'::regclass), ';')"
        if self.kind == "domain":
            return (
                f"CREATE DOMAIN pg_temp.d AS {self.columns} CHECK ({text})",
                "SELECT pg_get_expr(conbin, 0) FROM pg_constraint WHERE contypid = 'pg_temp.d'::regtype",
            )
        table = f"CREATE TEMP TABLE {self.table} ({self.columns})"
        oid = "'pg_temp.{}'::regclass".format(self.table.replace("'", "''"))
        if self.kind == "trigger":
            return (
                f"{table}; CREATE TRIGGER g AFTER UPDATE ON pg_temp.{self.table} FOR EACH ROW WHEN ({text})"
                " EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()",
                TRIGGER_CONDITION.format(oid),
            )
        return (
            f"{table}; CREATE POLICY p ON pg_temp.{self.table} USING ({text})",
            POLICY_CONDITION.format(oid),
        )

    @property
    def first(self) -> str:
        """The text as it is parsed first: the condition of a policy, which takes what all others take."""
        return f"({self.text}) IS NOT NULL" if self.kind == "value" else self.text


Candidates = dict[Text, set[Text]]
"""Text of the left -> texts of the right that may be the same."""


def unified(left: Schema, right: Schema, urls: Iterable[str]) -> Schema:
    """Return the left schema; a text that means the same as the right's has the right's spelling.

    ``urls``: databases to ask, in this order. What one of them refuses (a standby, no right to temporary tables, a
    type that it lacks) the next is asked; what all refuse keeps its text.
    """
    if left.entries == right.entries:
        return left
    candidates, places = _candidates(left, right)
    same: dict[Text, str] = {}
    for url in urls:
        waiting = {text: others for text, others in candidates.items() if text not in same}
        if waiting:
            same |= _same(url, waiting)
    if not same:
        return left
    changed = {
        key: _respelled(left.entries[key], same, left.entries)
        for key in {key for text in same for key in places[text]}
    }
    return Schema(left.version, {**left.entries, **changed}, left.context)


def _parsed(entry: Object) -> tuple[str, ...]:
    """Return the attributes with a text that PostgreSQL prints from a parsed expression or query."""
    return with_meaning(entry.key.kind, "parsed")


def _respelled(entry: Object, same: Mapping[Text, str], side: Mapping[Identity, Object]) -> Object:
    def respell(text: str) -> str:
        return same.get(_text(entry, text, side), text)

    attributes = dict(entry.properties)
    for name in _parsed(entry):
        if name in attributes:
            attributes[name] = map_texts(attributes[name], respell)
    return entry.having(attributes)


def _candidates(left: Schema, right: Schema) -> tuple[Candidates, dict[Text, set[Identity]]]:
    """Pair texts of objects with one name; of those without a partner, all of one class and attribute."""
    candidates: Candidates = {}
    places: dict[Text, set[Identity]] = {}

    def pair(key: Identity, ours: Iterable[Text], theirs: Iterable[Text]) -> None:
        others = set(theirs)
        for text in ours:
            if others - {text}:
                candidates.setdefault(text, set()).update(others)
                places.setdefault(text, set()).add(key)

    for key, entry in left.entries.items():
        other = right.entries.get(key)
        if other is None or entry == other:
            continue
        for name in _parsed(entry):
            if entry.properties.get(name) != other.properties.get(name):
                pair(key, _texts(entry, name, left), _texts(other, name, right))
    alone = [
        [
            side.entries[key]
            for key in side.entries.keys() - other.entries.keys()
            if _parsed(side.entries[key])
        ]
        for side, other in ((left, right), (right, left))
    ]
    for entry in alone[0]:
        for name in _parsed(entry):
            theirs = [
                text
                for other in alone[1]
                if other.key.kind == entry.key.kind
                for text in _texts(other, name, right)
            ]
            pair(entry.key, _texts(entry, name, left), theirs)
    return candidates, places


def _texts(entry: Object, name: str, side: Schema) -> list[Text]:
    """Return the texts of an attribute, without the bare names of columns."""
    found: list[Text] = []

    def take(text: str) -> str:
        if not WORD.fullmatch(text):
            found.append(_text(entry, text, side.entries))
        return text

    map_texts(entry.properties.get(name), take)
    return found


def _text(entry: Object, text: str, side: Mapping[Identity, Object]) -> Text:
    if entry.key.kind in VIEWS:
        return Text(entry.key.kind, "", "", text)
    owner = entry.parents[0]
    if owner.kind == "type":
        return Text("domain", "", side[owner].text_of("base_type"), text)
    kind = entry.key.kind if entry.key.kind in ("policy", "trigger") else "value"
    words = set(WORD.findall(text))
    order = side[owner].names_of("column_order") if owner in side else ()
    named = [each for each in order if each in words]
    columns = [_column(each, side[owner.part("column", each)]) for each in named]
    return Text(kind, owner.name, ", ".join(columns), text)


def _column(name: str, column: Object) -> str:
    collation = column.properties.get("collation")
    return f"{name} {column.properties['type']}{f' COLLATE {collation}' if collation else ''}"


def _same(url: str, candidates: Candidates) -> dict[Text, str]:
    """Return the texts of the left that one database calls the same as one of the right, with that one."""
    asked = dict.fromkeys([*candidates, *(other for others in candidates.values() for other in others)])
    with suppress(driver.Error), closing(connect(url, application_name="verification")) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ WRITE")
            for name, value in TRANSACTION.items():
                cursor.execute("SELECT set_config(%s, %s, true)", (name, value))
            printed = {text: lasting for text in asked if (lasting := _printed(cursor, text)) is not None}
        connection.rollback()
        return {
            text: match.text
            for text, others in candidates.items()
            if text in printed
            for match in sorted(others)
            if printed.get(match) == printed[text]
        }
    return {}


def _printed(cursor: driver.Cursor, text: Text) -> str | None:
    """Return what is printed of a text once that stays the same; None if it cannot be parsed here."""
    last, now = "", text.first
    for _ in range(ROUNDS):
        if now == last:
            break
        statements, query = text.question(now)
        cursor.execute("SAVEPOINT question")
        try:
            cursor.execute(statements)
            cursor.execute(query)
            last, ((now,),) = now, cursor.fetchall()
        except driver.Error:
            return None
        finally:
            if not cursor.connection.closed:
                cursor.execute("ROLLBACK TO question; RELEASE question")
    return now
