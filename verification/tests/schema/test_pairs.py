"""``diff --format sql`` of pairs of schemas, in both directions: the script runs, and nothing is left or it is named.

By default some pairs are tried; the slow tests try all, and ask ``pg_dump -s`` what it thinks.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg2
import pytest

from verification.postgres.server import Database, Server
from verification.schema import catalog
from verification.schema.comparison.compare import compare
from verification.schema.comparison.difference import Difference
from verification.schema.comparison.normalisation import restored_spelling
from verification.schema.ddl import generator
from verification.schema.model.schema import Schema
from verification.schema.spelling import unified
from verification.tests.schema.mutations.pg_dump import RANDOM
from verification.tests.schema.pairs import Pair, load

pytestmark = pytest.mark.postgres

PAIRS: Final = load()
COMPLETE: Final = 0.93
SOME: Final = 12
"""By default every twelfth pair is tried."""
NULL_DEFAULT: Final = re.compile(r" DEFAULT NULL(::[\w .()]+)?$")
"""The same as no default; ``pg_dump`` prints it, and ``diff`` has no difference."""
ROLES: Final = ("pair_reader", "pair_writer")


@dataclass
class Outcome:
    """What came of the scripts of some pairs; each list has the pairs with what happened."""

    complete: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    """What is left is in the script."""
    broken: list[str] = field(default_factory=list)
    """The script ends with an error."""
    silent: list[str] = field(default_factory=list)
    """Something is left of which the script says nothing."""
    unequal: list[str] = field(default_factory=list)
    """``pg_dump -s`` sees a difference after a script that is called complete."""

    @property
    def share(self) -> float:
        return len(self.complete) / (
            len(self.complete) + len(self.named) + len(self.broken) + len(self.silent)
        )


class Trial:
    """Two schemas in one database, in transactions that are rolled back."""

    def __init__(self, database: Database) -> None:
        self.url = database.url
        self.connection: Any = database.connect()
        self.connection.autocommit = False

    def after(self, *scripts: str) -> Schema:
        """Return the schema after some scripts."""
        try:
            with self.connection.cursor() as cursor:
                for script in scripts:
                    cursor.execute(f"SELECT;{script}")
            return catalog.read(self.connection)
        finally:
            self.connection.rollback()


def try_pair(trial: Trial, pair: Pair, outcome: Outcome) -> None:
    """Turn the left side into the right one, and the right one into what the left one was."""
    sides = (pair.left, pair.right)
    schemas = [trial.after(side) for side in sides]
    for goal, place in ((1, "there"), (0, "back")):
        script = script_for(schemas[1 - goal], schemas[goal], trial.url)
        try:
            after = trial.after(sides[1 - goal], *script.first, *script.statements)
        except psycopg2.Error as error:
            outcome.broken.append(f"{pair.name} [{place}]: {error}\n{script.text()}")
            continue
        judge(f"{pair.name} [{place}]", script, left_over(after, schemas[goal], trial.url), outcome)


def script_for(ours: Schema, theirs: Schema, url: str) -> generator.Script:
    return generator.generate(unified(ours, theirs, [url]), theirs)


def left_over(after: Schema, theirs: Schema, url: str) -> list[Difference]:
    return compare(unified(after, theirs, [url]), theirs)


def judge(name: str, script: generator.Script, rest: list[Difference], outcome: Outcome) -> None:
    named = {(each.kind, each.object) for each in script.missing}
    unsaid = [each.line for each in rest if (each.kind, each.object) not in named]
    if unsaid:
        outcome.silent.append(f"{name}: {unsaid}\n{script.text()}")
    elif rest or script.missing:
        outcome.named.append(f"{name}: {[each.line for each in script.missing]}")
    else:
        outcome.complete.append(name)


@contextmanager
def databases(server: Server, pair: Pair) -> Iterator[tuple[Database, Database]]:
    with server.database() as left, server.database() as right:
        left.execute(f"SELECT;{pair.left}")
        right.execute(f"SELECT;{pair.right}")
        yield left, right


def try_committed(server: Server, pair: Pair, outcome: Outcome) -> None:
    """The same with databases of their own, and ``pg_dump -s`` as a second opinion."""
    with databases(server, pair) as sides:
        schemas = [catalog.read(side.url) for side in sides]
        dumps = [_dump(server, side) for side in sides]
        for database, goal, place in ((sides[0], 1, "there"), (sides[1], 0, "back")):
            name = f"{pair.name} [{place}]"
            script = script_for(schemas[1 - goal], schemas[goal], database.url)
            try:
                database.execute(script.text())
            except psycopg2.Error as error:
                outcome.broken.append(f"{name}: {error}\n{script.text()}")
                continue
            judge(name, script, left_over(catalog.read(database.url), schemas[goal], database.url), outcome)
            if name in outcome.complete and (seen := _unlike(_dump(server, database), dumps[goal])):
                outcome.unequal.append(f"{name}: {seen}\n{script.text()}")


def _dump(server: Server, database: Database) -> list[str]:
    """Return the lines of a dump in no order, and those with lists as ``diff`` compares them: by what they mean."""
    lines = server.run_tool("pg_dump", "--schema-only", "--dbname", database.name).splitlines()
    texts = [
        NULL_DEFAULT.sub("", line.decode().rstrip(","))
        for line in lines
        if not line.startswith((*RANDOM, b"--"))
    ]
    return sorted(
        ", ".join(sorted(re.findall(r"\w+='\w+'", text)))
        if text.startswith("WITH (")
        else restored_spelling(text)
        for text in texts
        if text
    )


def _unlike(after: list[str], wanted: list[str]) -> list[str]:
    return [line for line in {*after, *wanted} if after.count(line) != wanted.count(line)]


def prepare(server: Server) -> list[Pair]:
    """Make the roles once, and return the pairs that the server's version can run."""
    postgres = Database(server, "postgres")
    for role in ROLES:
        if not postgres.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]):
            postgres.execute(f"CREATE ROLE {role}")
    return [pair for pair in PAIRS if server.major >= pair.needs]


def assert_good(outcome: Outcome) -> None:
    assert not outcome.broken, "\n\n".join(outcome.broken)
    assert not outcome.silent, "\n\n".join(outcome.silent)
    assert outcome.share >= COMPLETE, "\n\n".join(outcome.named)
    assert not outcome.unequal, "\n\n".join(outcome.unequal)


def test_what_is_left_has_a_reason() -> None:
    """No pair says that it leaves something without need, and there are enough of them."""
    assert len(PAIRS) >= 150
    assert len({pair.name for pair in PAIRS}) == len(PAIRS)


def try_all(server: Server, pairs: list[Pair]) -> Outcome:
    outcome = Outcome()
    with server.database() as database:
        trial = Trial(database)
        for pair in pairs:
            try_pair(trial, pair, outcome)
        trial.connection.close()
    return outcome


@pytest.mark.slow
def test_some_pairs(server: Server) -> None:
    """The scripts are complete, or say what they leave."""
    pairs = prepare(server)[::SOME]
    outcome = try_all(server, pairs)
    assert not outcome.broken + outcome.silent, "\n\n".join(outcome.broken + outcome.silent)
    assert {line.partition(" [")[0] for line in outcome.named} <= {pair.name for pair in pairs if pair.leaves}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_all_pairs(server: Server) -> None:
    """The pairs for which nothing is left are those that say so."""
    pairs = prepare(server)
    outcome = try_all(server, pairs)
    left = {pair.name for pair in pairs if pair.leaves}
    assert_good(outcome)
    assert {line.partition(" [")[0] for line in outcome.named} == left


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_pg_dump_agrees(server: Server) -> None:
    """Committed in databases of their own, the pairs come to the same, and ``pg_dump -s`` sees no difference."""
    outcome = Outcome()
    for pair in prepare(server):
        try_committed(server, pair, outcome)
    assert_good(outcome)
