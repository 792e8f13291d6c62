"""The record of locks: whole wherever a transaction can hold them, and honest where none can."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from verification.migrations.execution.migration_runner import MigrationRunner, Step
from verification.migrations.execution.worker.statements import split
from verification.migrations.execution.worker_process import JobFailed
from verification.migrations.plan.chains import Chain
from verification.postgres.server import Server
from verification.tests.migrations.project_copies import copy, project

MIGRATION: Final = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models, transaction


def rename(apps, schema_editor):
    with transaction.atomic():
        apps.get_model("books", "Book").objects.update(title="other")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("books", "0004_book_isbn")]
    operations = [
        {operation},
    ]
"""
PROCEDURE: Final = (
    'migrations.RunSQL("CREATE PROCEDURE slow() LANGUAGE plpgsql AS '
    "'BEGIN LOCK TABLE books_book IN SHARE MODE; PERFORM pg_sleep(0.5); COMMIT; END'\"),"
    'migrations.RunSQL("CALL slow()")'
)


@dataclass(frozen=True)
class Case:
    """One operation of a migration without a transaction, and what is known of its locks then."""

    name: str
    operation: str
    seen: str
    lock: str | None
    """None: whatever the samples caught."""


CASES: Final = (
    Case("type", 'migrations.AlterField("book", "pages", models.BigIntegerField(default=0))', "statements",
         "AccessExclusiveLock"),
    Case("rows", "migrations.RunPython(rename)", "statements", "RowExclusiveLock"),
    Case("index", 'migrations.RunSQL("CREATE INDEX here ON books_book (pages)")', "statements", "ShareLock"),
    Case("procedure", PROCEDURE, "samples", "ShareLock"),
    Case("concurrently",
         'AddIndexConcurrently("book", models.Index(fields=["pages"], name="pages_idx"))', "samples", None),
)  # fmt: skip


def run(server: Server, folder: Path, operation: str) -> dict[str, Step]:
    """Put the operation into the library's last migration and run all."""
    file = folder / "books/migrations/0005_book_language.py"
    file.write_text(MIGRATION.replace("{operation}", operation), encoding="utf-8")
    with MigrationRunner(project(folder), server, max_workers=1) as runner:
        return {step.migration: step for step in runner.forward(runner.fresh(), Chain(), measured=True)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_locks_without_a_transaction_are_on_record(case: Case, server: Server, tmp_path: Path) -> None:
    """Each statement's locks count; one that wants no transaction is watched while it runs, and that is said."""
    found = run(server, copy("library", tmp_path), case.operation)

    step = found["books.0005_book_language"]
    assert step.locks_seen == case.seen
    assert bool(step.caveat) == (case.seen == "samples")
    assert case.lock is None or step.locks["public.books_book"] == case.lock
    assert found["books.0001_squashed_0004_book_isbn"].locks_seen == "transaction"


def test_watching_makes_nothing_work_that_would_not(server: Server, tmp_path: Path) -> None:
    """LOCK TABLE outside a transaction is refused by PostgreSQL, watched or not."""
    with pytest.raises(JobFailed, match="LOCK TABLE"):
        run(server, copy("library", tmp_path), 'migrations.RunSQL("LOCK TABLE books_book")')


TEXTS: Final = {
    "SELECT 1;": 1,
    "SET LOCAL lock_timeout = '2s'; ALTER TABLE a ADD b int;": 2,
    "-- one; two\nBEGIN; CREATE INDEX ON a (b); COMMIT; -- over": 3,
    "INSERT INTO a VALUES ('it''s; that'); UPDATE a SET b = 1": 2,
    "DO $$ BEGIN UPDATE a SET b = 1; END $$; DROP TABLE a": 2,
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN x = '; '; RETURN NEW; END $f$": 1,
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; DROP TABLE a": 2,
    "CREATE RULE r AS ON DELETE TO a DO INSTEAD (UPDATE a SET b = 1; NOTIFY a)": 1,
    "SELECT 'a; b": 1,
}
"""Text -> its statements, as far as they are certain: what is not certain is left whole."""


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_split_where_its_statements_are_certain(text: str) -> None:
    parts = split(text)

    assert len(parts) == TEXTS[text]
    assert "".join("".join(parts).split()) == "".join(text.split())
