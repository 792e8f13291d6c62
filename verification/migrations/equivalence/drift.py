"""Compare models, migrations and a live database with one another."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from ...errors import CannotRun
from ...postgres import driver, shell
from ...postgres.driver import sql
from ...postgres.url import connect
from ...schema import catalog
from ...schema.comparison.compare import check_ignored
from ...schema.comparison.difference import Difference
from ...schema.model.identity import RELATIONS
from ...schema.model.schema import Schema
from ..execution.migration_runner import MigrationRunner
from ..execution.worker_process import JobFailed
from ..plan.chains import Chain
from . import comparison
from .comparison import StateComparison, StateReading

NOT_IN_MIGRATIONS: Final = ("owner",)
"""Attributes that migrations do not define; not compared with a live database."""
RECORDS: Final = """
    SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relname = 'django_migrations' AND c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%%'
    ORDER BY n.nspname <> %s, n.nspname
"""
BEFORE_15: Final = Difference(
    "grant", "schema public to PUBLIC", "changed", "privileges", ("USAGE",), ("CREATE", "USAGE")
)
"""What everybody may do in a database that was made by PostgreSQL 14 or older and upgraded by pg_upgrade."""
OF_THE_DATABASE: Final = ("comment", "database")
"""Kind and object of what is written on a database as a whole: set by its administrator, not by a migration."""


@dataclass
class ModelDrift:
    """How the database that the migrations make differs from one made from the models."""

    differences: list[Difference] = field(default_factory=list)
    """Database of the migrations (left) against one made from the models alone (right)."""
    tables: int = 0
    """How many tables of models were compared."""
    joins: frozenset[str] = frozenset()
    """The tables that Django makes for a ManyToManyField without ``through``."""


def against_models(runner: MigrationRunner, migrated: StateReading, apps: Sequence[str]) -> ModelDrift:
    """Make a database straight from the models and compare the tables of these apps (of all if none)."""
    databases = runner.fresh()
    try:
        with runner.worker() as worker:
            described = worker.run("models", databases=databases.to_json())["tables"]
            worker.run("create", databases=databases.to_json())
    except JobFailed as error:
        raise error.cannot_run("no database can be made from the models alone") from None
    from_models = comparison.read(runner.server, databases, both=False)
    ours = {
        table["table"].strip('"'): table["join"]
        for tables in described.values()
        for table in tables
        if not apps or table["app"] in apps
    }
    names = set(ours)
    found = comparison.compare_readings(migrated, from_models, runner.options)
    differences = [each for each in found.differences if _concerns(each.object, names)]
    runner.drop(databases)
    joins = frozenset(name for name, join in ours.items() if join)
    return ModelDrift(differences=differences, tables=len(names), joins=joins)


def _concerns(name: str, tables: set[str]) -> bool:
    """Whether an object is one of these tables or belongs to one (``schema.table...``, a sequence ``..._seq``)."""
    parts = name.rpartition(": ")[2].split(".")
    return len(parts) > 1 and any(
        parts[1].strip('"') == table or parts[1].startswith(f"{table}_") for table in tables
    )


def live(runner: MigrationRunner, url: str) -> tuple[StateComparison, list[Difference]]:
    """Compare a live database (right) with what the migrations make (left).

    Returns the comparison and, as information, the migrations that only one of the two records.
    """
    databases = runner.fresh()
    try:
        runner.forward(databases, Chain())
    except JobFailed as error:
        raise error.cannot_run("the migrations cannot be applied") from None
    ours = runner.server.url(databases.names["default"])
    applied, schema = _migrations(ours, "")
    with shell.shown():
        theirs, (recorded, _) = catalog.read(url), _migrations(url, schema)
    made = catalog.read(ours)
    check_ignored(runner.options.ignore, made, theirs)
    judged = comparison.compare_readings(
        StateReading({"default": made}, urls={"default": ours}),
        StateReading({"default": theirs}),
        runner.options,
    )
    found = [each for each in judged.differences if (each.kind, each.object) != OF_THE_DATABASE]
    judged.differences = _moved_together([each for each in found if each != BEFORE_15], made)
    judged.information += [each for each in found if each == BEFORE_15]
    return judged, _recorded(applied, recorded)


def _moved_together(differences: list[Difference], ours: Schema) -> list[Difference]:
    """Return one difference for a schema whose tables all are in another one, which only one side has.

    So it is where the database's search_path, or that of its user, is not that of the settings.
    """
    moves: dict[tuple[str, str], list[Difference]] = defaultdict(list)
    for each in differences:
        if each.attribute == "schema" and each.kind in RELATIONS:
            moves[str(each.left), str(each.right)].append(each)
    for (old, new), moved in moves.items():
        tables = {str(each.key) for each in ours.of_kind(*RELATIONS) if each.key.schema == old}
        own = [
            each
            for each in differences
            if each.kind == "schema" and (each.object, each.change) in {(old, "removed"), (new, "added")}
        ]
        if own and {each.object for each in moved} == tables:
            rest = [each for each in differences if each not in moved + own]
            return [*rest, Difference("schema", old, "changed", "tables", f"in {old}", f"in {new}")]
    return differences


def _recorded(ours: set[str], theirs: set[str]) -> list[Difference]:
    return [
        Difference("migration", name, "removed" if name in ours else "added")
        for name in sorted(ours ^ theirs)
    ]


def _migrations(url: str, schema: str) -> tuple[set[str], str]:
    """Return what is recorded and the schema of the record: this one, or where there is none, the first that has one.

    The live database's own search_path need not be that of the project's settings.
    """
    try:
        with closing(connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute(RECORDS, (schema,))
            found = cursor.fetchone()
            if found is None:
                return set(), ""
            table = sql.Identifier(found[0], "django_migrations")
            cursor.execute(sql.SQL("SELECT app || '.' || name FROM {}").format(table))
            return {row[0] for row in cursor.fetchall()}, found[0]
    except driver.Error as error:
        raise CannotRun(
            f"the database's migrations cannot be read: {str(error).strip().splitlines()[0]}"
        ) from None


def major_of(url: str) -> int:
    """Return the live server's major version. Raises ``CannotRun`` when it cannot be reached."""
    try:
        with closing(connect(url)) as connection:
            return int(connection.info.server_version) // 10_000
    except driver.Error as error:
        raise CannotRun(
            f"the database cannot be reached: {str(error).strip().splitlines()[0]}",
            "check the URL and the server",
        ) from None
