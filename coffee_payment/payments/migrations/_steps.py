"""Steps that several migrations share. Django ignores modules here whose names begin with an underscore."""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.operations import AddField, AddIndex, RunPython
from django.db.models.functions import Concat, Length, Lower, Replace, Substr

UUID_TEXT = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def rows(apps: Any, schema_editor: BaseDatabaseSchemaEditor, model: str) -> Any:
    """All rows of a historical model, in the database that is being migrated."""
    return apps.get_model("payments", model)._base_manager.using(schema_editor.connection.alias)


def settle_constraints(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let PostgreSQL check deferred foreign keys now: with checks pending it refuses the next ALTER TABLE."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def pattern_index(table: str, column: str, name: str) -> RunPython:
    """The varchar_pattern_ops index of a unique text column, which AlterField from uuid does not create."""

    def create(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'CREATE INDEX "{name}" ON "{table}" ("{column}" varchar_pattern_ops)')

    def drop(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP INDEX IF EXISTS "{name}"')

    return RunPython(create, drop, elidable=True)


LINKS_TO_ORDER = {
    "payments_payment": "payments_payment_order_id_22c479b7",
    "payments_receipt": "payments_receipt_order_id_cd497bc3",
}
"""Table -> what Django begins the names of its foreign key to Order, and of that column's index, with."""
CREATED, ALTERED = "_fk_payments_order_id", "_fk"
"""How the foreign key's name ends when the column was created, and when Order.id was altered under it."""


def rename_links_on_the_way_back(old: str, new: str, *, without_pattern_index: bool = False) -> RunPython:
    """Give the foreign keys to Order the names that they had before this migration.

    Stands first among the operations, so that it runs last on the way back.
    """

    def rename(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        for table, link in LINKS_TO_ORDER.items():
            schema_editor.execute(f'ALTER TABLE "{table}" RENAME CONSTRAINT "{link}{old}" TO "{link}{new}"')
            if without_pattern_index:
                # AddField leaves its creation to the end of the migration.
                schema_editor.deferred_sql = [
                    statement for statement in schema_editor.deferred_sql if f"{link}_like" not in str(statement)
                ]

    return RunPython(RunPython.noop, rename, elidable=True)


def hyphenate(queryset: Any, column: str) -> None:
    """Bring UUIDs that a database without a uuid type kept as 32 hex digits to their usual text form."""
    start = (1, 9, 13, 17, 21)
    length = (8, 4, 4, 4, 12)
    parts: list[Any] = []
    for position, size in zip(start, length, strict=True):
        parts += [models.Value("-"), Substr(column, position, size)]
    queryset.alias(text_length=Length(column)).filter(text_length=32).update(**{column: Concat(*parts[1:])})


def compact(queryset: Any, column: str) -> None:
    """The way back: 32 lower-case hex digits."""
    queryset.update(**{column: Lower(Replace(column, models.Value("-")))})


def require_uuids(what: str, values: Iterable[str]) -> None:
    """Raise IrreversibleError unless every text is a UUID of its own."""
    seen = set()
    for value in values:
        if not UUID_TEXT.fullmatch(value):
            raise IrreversibleError(f"{what} {value!r} is not a UUID, which the earlier schema requires")
        compacted = value.replace("-", "").lower()
        if compacted in seen:
            raise IrreversibleError(f"{what} {value!r} stands for the same UUID as another one")
        seen.add(compacted)


class AddIndexOnline(AddIndexConcurrently):
    """`AddIndexConcurrently` that also runs on SQLite, where it is `AddIndex`.

    A migration that broke off leaves an index of the same name behind on PostgreSQL, whole or invalid; it is dropped
    first (https://www.postgresql.org/docs/current/sql-createindex.html, "Building Indexes Concurrently").
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
            return
        if not schema_editor.collect_sql and self._is_there(schema_editor):
            schema_editor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{self.index.name}"')
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)
            return
        super().database_backwards(app_label, schema_editor, from_state, to_state)

    def _is_there(self, schema_editor: Any) -> bool:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
                "WHERE relname = %s AND pg_table_is_visible(indrelid)",
                [self.index.name],
            )
            return cursor.fetchone() is not None


class AddFieldOnline(AddField):
    """`AddField` for a migration that is not atomic, so that it locks one table at a time.

    An earlier run that broke off may have added, or dropped, the column.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.collect_sql or not self._is_there(app_label, schema_editor, to_state):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.collect_sql or self._is_there(app_label, schema_editor, from_state):
            super().database_backwards(app_label, schema_editor, from_state, to_state)

    def _is_there(self, app_label: str, schema_editor: Any, state: Any) -> bool:
        options = state.apps.get_model(app_label, self.model_name)._meta
        with schema_editor.connection.cursor() as cursor:
            columns = schema_editor.connection.introspection.get_table_description(cursor, options.db_table)
        return options.get_field(self.name).column in {each.name for each in columns}
