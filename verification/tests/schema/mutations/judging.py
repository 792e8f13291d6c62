"""Does the comparison see what a case changes, and nothing else?"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Self

from verification.postgres import driver
from verification.postgres.server import Server
from verification.schema import catalog
from verification.schema.comparison.compare import compare
from verification.schema.comparison.difference import Difference
from verification.schema.model.schema import Schema
from verification.tests.schema.mutations.cases import Allowed, Case, Mutation
from verification.tests.schema.mutations.installation import install, remove

Name = tuple[str, str, str, str]
"""Kind, object, attribute and change of a difference."""
MIRROR: Final = {"added": "removed", "removed": "added", "changed": "changed"}
BATCH: Final = 16
"""Cases that are run and read together; of more of them, too many touch each other."""


class Comparison:
    """The comparison, tried with cases: ``with Comparison(server) as comparison``.

    The cases run on one database, in transactions that are rolled back.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.database = install(server)
        self.rows = catalog.fetch(self.database.url)
        self.schema = catalog.schema(self.rows)
        self._connection: Any = self.database.connect()
        self._connection.autocommit = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        remove(self.database)

    def problems(self, case: Case) -> list[str]:
        """Return what is wrong when the case runs alone, a line each."""
        if case.autocommit:
            return self._wrong([case], self.schema, self._read_committed(case))
        left, right, refused = self._read([case])
        if refused:
            return [f"PostgreSQL refuses it: {refused[case]}"]
        return self._wrong([case], left, right)

    def problems_in_batches(self, cases: Sequence[Case]) -> dict[str, list[str]]:
        """Return the same of each case that has problems, by name; many cases run together and are read once.

        A batch whose differences are not those of its cases is divided and run again: a case has problems
        only if it has them alone.
        """
        apart = [case for case in cases if case.autocommit or isinstance(case, Allowed)]
        given = [case for case in cases if case.given and case not in apart]
        others = [case for case in cases if not case.given and case not in apart]
        lines = {case.name: problems for case in apart if (problems := self.problems(case))}
        for group in (given, others):
            number = -(-len(group) // BATCH)
            for start in range(number):  # neighbours in the list often touch the same object
                lines |= self._problems_of_batch(group[start::number])
        return lines

    def _problems_of_batch(self, cases: Sequence[Case]) -> dict[str, list[str]]:
        if len(cases) == 1:
            return {case.name: problems for case in cases if (problems := self.problems(case))}
        left, right, refused = self._read(cases)
        suspects = list(refused)
        others = [case for case in cases if case not in refused]
        if others and not self._wrong(others, left, right):
            others = []
        else:
            names = {*_names(compare(left, right)), *_names(compare(right, left))}
            suspects += [case for case in others if not {*self._wanted(case)} <= names]
            others = [case for case in others if case not in suspects]
        if len(cases) in (len(suspects), len(others)):
            others, suspects = list(cases[::2]), list(cases[1::2])
        lines: dict[str, list[str]] = {}
        for part in filter(None, (others, suspects)):
            lines |= self._problems_of_batch(part)
        return lines

    def _read(self, cases: Sequence[Case]) -> tuple[Schema, Schema, dict[Case, str]]:
        """Return both sides of the cases together, and those that PostgreSQL refuses to run, with its reason."""
        refused: dict[Case, str] = {}
        try:
            with self._connection.cursor() as cursor:
                rows, left = self.rows, self.schema
                if any(case.given for case in cases):
                    _run(cursor, ((case, case.given) for case in cases if case.given), refused)
                    rows = catalog.fetch(self._connection)
                    left = catalog.schema(rows)
                _run(cursor, ((case, case.sql) for case in cases if case not in refused), refused)
            changed = catalog.fetch(self._connection)
            right = catalog.schema(changed)
            assert left == right or not catalog.same_rows(rows, changed)
            assert not any(right.of_kind("not_compared")) or catalog.unknown_possible(changed)
            return left, right, refused
        finally:
            self._connection.rollback()

    def _read_committed(self, case: Case) -> Schema:
        database = install(self.server)
        try:
            for statement in case.statements:
                database.execute(statement)
            return catalog.read(database.url)
        finally:
            remove(database)

    def _wrong(self, cases: Sequence[Case], left: Schema, right: Schema) -> list[str]:
        """Compare in both directions; return what is not as the cases have it."""
        there, back = compare(left, right), compare(right, left)
        for case in cases:
            if isinstance(case, Allowed):
                if not (there and back):
                    return ["no difference without the option"]
                there, back = compare(left, right, case.option), compare(right, left, case.option)
        wanted = [names for case in cases if (names := self._wanted(case))]
        lines = [
            *_unlike("there", [names[0] for names in wanted], there),
            *_unlike("back", [names[1] for names in wanted], back),
        ]
        values = sorted(repr((each.left, each.right)) for each in there)
        if not lines and values != sorted(repr((each.right, each.left)) for each in back):
            lines = ["the values are not each other's mirror", *_lines("there", there), *_lines("back", back)]
        return lines

    def _wanted(self, case: Case) -> tuple[Name, Name] | tuple[()]:
        """Return the difference there and the one back, of a mutation."""
        if not isinstance(case, Mutation):
            return ()
        name, mirrored = (each.format(user=self.server.user) for each in (case.object, case.mirrored))
        return (
            (case.kind, name, case.attribute, case.change),
            (case.kind, mirrored or name, case.attribute, MIRROR[case.change]),
        )


def _run(cursor: Any, scripts: Iterable[tuple[Case, str]], refused: dict[Case, str]) -> None:
    for case, script in scripts:
        cursor.execute("SAVEPOINT before_case")
        try:
            cursor.execute(script)
        except driver.Error as error:
            refused[case] = str(error).splitlines()[0]
            cursor.execute("ROLLBACK TO before_case")
        cursor.execute("RELEASE before_case")


def _unlike(direction: str, wanted: list[Name], differences: list[Difference]) -> list[str]:
    if sorted(_names(differences)) == sorted(wanted):
        return []
    return [*(f"wanted {direction}: {name}" for name in wanted), *_lines(direction, differences)]


def _names(differences: list[Difference]) -> list[Name]:
    return [(each.kind, each.object, each.attribute, each.change) for each in differences]


def _lines(direction: str, differences: list[Difference]) -> list[str]:
    return [
        f"{direction}: {each.kind} {each.object} {each.change} {each.attribute}: {each.left!r} -> {each.right!r}"
        for each in differences
    ]
