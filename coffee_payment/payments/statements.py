"""Statements that every order needs: composed at their first use, and afterwards only run.

Django composes a statement anew each time, which takes several times as long as running it. Here Django composes a
read once, from a queryset, and a write names the columns of one table. The models' fields convert the values as they
do elsewhere. A model's `save` is not called and no signal is sent: nothing in this server depends on either.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, Model, QuerySet, Value
from django.db.transaction import TransactionManagementError, atomic

from payments import prepared

Row = TypeVar("Row", bound=Model)


class _Parameter(Value):
    """Stands for a value in a queryset; its own value is its number."""

    def as_sql(self, _compiler: Any, _connection: Any) -> Any:
        return "%s", [self]


class Read(Generic[Row]):
    """A query for whole rows; `queryset` makes it of its parameters, which may be compared with columns only."""

    def __init__(self, queryset: Callable[..., QuerySet[Row]]) -> None:
        """Keep the queryset for the first use."""
        self._queryset = queryset
        self._composed: _Composed | None = None

    def __call__(self, *values: Any) -> list[Row]:
        """Return the rows. Raises `TransactionManagementError` for a lock outside of a transaction."""
        connection = connections[DEFAULT_DB_ALIAS]
        composed = self._composed
        if composed is None:
            composed = self._composed = self._compose(len(values), connection)
        if composed.locks and not connection.in_atomic_block and connection.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        bound = [
            _adapted(values[each.value], connection) if isinstance(each, _Parameter) else each
            for each in composed.parameters
        ]
        with connection.cursor() as cursor:
            prepared.execute(connection, cursor, composed.sql, bound)
            return [composed.instance(row) for row in composed.converted(cursor.fetchall())]

    def first(self, *values: Any) -> Row | None:
        """Return the first row; None when there is none."""
        return next(iter(self(*values)), None)

    def _compose(self, count: int, connection: BaseDatabaseWrapper) -> "_Composed":
        queryset = self._queryset(*map(_Parameter, range(count)))
        compiler: Any = queryset.query.get_compiler(connection.alias)
        sql, parameters = _with_literals(compiler.as_sql(), connection)
        compiler.connection = _nobodys_connection()
        converters = compiler.get_converters([expression for expression, _, _ in compiler.select])
        locks = bool(queryset.query.select_for_update) and connection.features.has_select_for_update
        return _Composed(
            sql,
            parameters,
            locks,
            partial(compiler.apply_converters, converters=converters),
            _maker(compiler.klass_info, compiler.select, connection.alias),
        )


@dataclass(frozen=True)
class _Composed:
    sql: str
    parameters: Sequence[Any]
    locks: bool
    converted: Callable[[list[Any]], Iterable[Any]]
    instance: Callable[[Any], Any]
    """Makes an instance, with those that its queryset selects too, of a row."""


def _maker(selected: Mapping[str, Any], columns: Sequence[Any], alias: str) -> Callable[[Any], Any]:
    """Return what makes an instance of a row, or None of an outer join's empty one."""
    model, places = selected["model"], selected["select_fields"]
    names = [columns[place][0].target.attname for place in places]
    key = places[names.index(model._meta.pk.attname)]
    related = [
        (each["local_setter"], each["remote_setter"], _maker(each, columns, alias))
        for each in selected.get("related_klass_infos", ())
    ]

    def instance(row: Any) -> Any:
        if row[key] is None:
            return None
        made = model.from_db(alias, names, [row[place] for place in places])
        for set_related, set_reverse, make in related:
            other = make(row)
            set_related(made, other)
            if other is not None:
                set_reverse(other, made)
        return made

    return instance


def _with_literals(
    composed: tuple[str, Sequence[Any]], connection: BaseDatabaseWrapper
) -> tuple[str, Sequence[Any]]:
    """Write what is always the same into the text: the plan of a prepared statement then may use partial indexes."""
    if connection.vendor != "postgresql":
        return composed
    sql, parameters = composed
    compose: Any = connection.ops.compose_sql  # type: ignore[attr-defined]  # of PostgreSQL
    texts = [
        "%s" if isinstance(each, _Parameter) else compose("%s", [each]).replace("%", "%%")
        for each in parameters
    ]
    return sql.replace("%%", "%%%%") % tuple(texts), [
        each for each in parameters if isinstance(each, _Parameter)
    ]


@cache
def _nobodys_connection() -> BaseDatabaseWrapper:
    """Return one that is never opened: what is kept here must not keep the connection of a thread that has ended."""
    return connections.create_connection(DEFAULT_DB_ALIAS)


def _adapted(value: Any, connection: BaseDatabaseWrapper) -> Any:
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def insert(*rows: Model) -> None:
    """Add new rows of one model with one statement. A key that the database gives is not read back."""
    _run(*_insertion(rows))
    _now_stored(*rows)


def insert_new(row: Model, then: Model) -> bool:
    """Add a row, and with it a row of another model, unless its key is taken; return whether it is new."""
    sql, values = _insertion([row])
    is_new = bool(_run(f"{sql} ON CONFLICT DO NOTHING", values, then))
    if is_new:
        _now_stored(row)
    return is_new


def update(
    model: type[Model], where: Mapping[str, Any], values: Mapping[str, Any], then: Model | None = None
) -> int:
    """Set columns of the rows whose columns have the values of `where` (None: NULL); return how many there are.

    `then` is a row that is added with the change of a single row; without a change it is not.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    conditions = tuple((name, value is None) for name, value in where.items())
    fields, sql = _update(model, tuple(values), conditions)
    bound = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields, values.values(), strict=True)
    ]
    bound += [
        _field(model, name).get_db_prep_value(value, connection)
        for name, value in where.items()
        if value is not None
    ]
    return _run(sql, bound, then)


def save(row: Model, *names: str) -> None:
    """Write fields of a stored row. Raises `DatabaseError` when it is gone."""
    model = type(row)
    values = {name: _field(model, name).pre_save(row, add=False) for name in names}
    if not update(model, {row._meta.pk.name: row.pk}, values):
        raise DatabaseError(f"no {model.__name__} was updated")


def _run(sql: str, values: list[Any], then: Model | None = None) -> int:
    """Run a statement, and `then` add a row if it wrote one: in PostgreSQL as one statement."""
    connection = connections[DEFAULT_DB_ALIAS]
    if then is not None and connection.vendor != "postgresql":
        with atomic():
            if written := _run(sql, values):
                insert(then)
        return written
    if then is not None:
        addition, further = _insertion([then], source="FROM written")
        sql, values = f"WITH written AS ({sql} RETURNING 1) {addition}", values + further
    with connection.cursor() as cursor:
        prepared.execute(connection, cursor, sql, values)
        written = int(cursor.rowcount)
    if then is not None and written:
        _now_stored(then)
    return written


def _now_stored(*rows: Model) -> None:
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _insertion(rows: Sequence[Model], source: str = "") -> tuple[str, list[Any]]:
    """Return the statement that adds rows, and its values; `source`: one for each row of it."""
    connection = connections[DEFAULT_DB_ALIAS]
    fields, sql = _insert(type(rows[0]), len(rows), source)
    return sql, [
        field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields
    ]


@lru_cache(maxsize=64)
def _insert(model: type[Model], count: int, source: str) -> tuple[list[Any], str]:
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)]
    names = ", ".join(_quoted(field.column) for field in fields)
    row = ", ".join(["%s"] * len(fields))
    rows = f"SELECT {row} {source}" if source else f"VALUES {', '.join([f'({row})'] * count)}"
    return fields, f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) {rows}"


@lru_cache(maxsize=256)
def _update(
    model: type[Model], names: tuple[str, ...], conditions: tuple[tuple[str, bool], ...]
) -> tuple[list[Any], str]:
    fields = [_field(model, name) for name in names]
    changes = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    tests = " AND ".join(
        f"{_quoted(_field(model, name).column)} {'IS NULL' if is_null else '= %s'}"
        for name, is_null in conditions
    )
    return fields, f"UPDATE {_quoted(model._meta.db_table)} SET {changes} WHERE {tests}"  # noqa: S608 - names of columns


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


def _quoted(name: Any) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)
