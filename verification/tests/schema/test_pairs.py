"""``diff --format sql`` of pairs of schemas, in both directions: the script runs, and nothing is left or it is named.

By default every fourth pair is tried; the slow test tries all, and asks ``pg_dump -s`` what it thinks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import psycopg2
import pytest

from verification.postgres.server import Database, Server
from verification.schema import catalog
from verification.schema.comparison.compare import compare
from verification.schema.comparison.difference import Difference
from verification.schema.ddl import generator
from verification.schema.model.schema import Schema
from verification.schema.spelling import unified
from verification.tests.schema.mutations.pg_dump import RANDOM
from verification.tests.schema.pairs import Pair, load

pytestmark = pytest.mark.postgres

PAIRS: Final = load()
COMPLETE: Final = 0.95
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


@contextmanager
def sides(server: Server, pair: Pair) -> Iterator[tuple[Database, Database]]:
    with server.database() as left, server.database() as right:
        left.execute(f"SELECT;{pair.left}")
        right.execute(f"SELECT;{pair.right}")
        yield left, right


def run(database: Database, script: generator.Script) -> None:
    """Run a script as psql does: a statement alone, or in the one transaction."""
    for statement in script.first:
        database.execute(statement)
    database.execute(";".join(["BEGIN", *script.statements, "COMMIT"]))


def left_over(left: Database, right: Schema) -> list[Difference]:
    after = catalog.read(left.url)
    return compare(unified(after, right, [left.url]), right)


def try_pair(server: Server, pair: Pair, outcome: Outcome, *, dump: bool) -> None:
    """Turn the left side into the right one, and the right one into what the left one was."""
    with sides(server, pair) as (left, right):
        schemas = [catalog.read(side.url) for side in (left, right)]
        dumps = [_dump(server, side) for side in (left, right)] if dump else []
        for database, goal, place in ((left, 1, "there"), (right, 0, "back")):
            name = f"{pair.name} [{place}]"
            ours, theirs = schemas[1 - goal], schemas[goal]
            script = generator.generate(unified(ours, theirs, [database.url]), theirs)
            try:
                run(database, script)
            except psycopg2.Error as error:
                outcome.broken.append(f"{name}: {error}\n{script.text()}")
                continue
            rest = left_over(database, theirs)
            named = {(each.kind, each.object) for each in script.missing}
            unsaid = [each.line for each in rest if (each.kind, each.object) not in named]
            if unsaid:
                outcome.silent.append(f"{name}: {unsaid}\n{script.text()}")
            elif rest or script.missing:
                outcome.named.append(f"{name}: {[each.line for each in script.missing]}")
                if not pair.leaves:
                    outcome.named[-1] += "\n" + script.text()
            else:
                outcome.complete.append(name)
                if dump and (seen := _unlike(_dump(server, database), dumps[goal])):
                    outcome.unequal.append(f"{name}: {seen}\n{script.text()}")


def _dump(server: Server, database: Database) -> list[bytes]:
    """Return the lines of a dump, in no order: order of columns and of statements is no difference here."""
    lines = server.run_tool("pg_dump", "--schema-only", "--dbname", database.name).splitlines()
    return sorted(line.rstrip(b",") for line in lines if not line.startswith((*RANDOM, b"--")))


def _unlike(after: list[bytes], wanted: list[bytes]) -> list[bytes]:
    return [line for line in {*after, *wanted} if after.count(line) != wanted.count(line)]


def try_all(server: Server, pairs: list[Pair], *, dump: bool) -> Outcome:
    for role in ROLES:
        server_connection = Database(server, "postgres")
        if not server_connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]):
            server_connection.execute(f"CREATE ROLE {role}")
    outcome = Outcome()
    for pair in pairs:
        if server.major >= pair.needs:
            try_pair(server, pair, outcome, dump=dump)
    return outcome


def assert_good(outcome: Outcome) -> None:
    assert not outcome.broken, "\n\n".join(outcome.broken)
    assert not outcome.silent, "\n\n".join(outcome.silent)
    assert outcome.share >= COMPLETE, "\n\n".join(outcome.named)
    assert not outcome.unequal, "\n\n".join(outcome.unequal)


def test_every_fourth_pair(server: Server) -> None:
    """The scripts are complete, or say what they leave."""
    assert_good(try_all(server, PAIRS[::4], dump=False))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_all_pairs(server: Server) -> None:
    """And ``pg_dump -s`` sees what ``diff`` sees."""
    outcome = try_all(server, PAIRS, dump=True)
    assert_good(outcome)
