"""The safe form of what was found, in Django's own operations."""

import re
from typing import Final

_BATCHES: Final = (
    "a migration of its own with atomic = False, and a RunPython that changes a few thousand rows "
    "a time, by primary key, each batch in transaction.atomic()"
)
_LOST: Final = (
    "DELETE of the rows that are meant, without CASCADE, in batches; where all are meant, accept the finding with "
    "a reason"
)
_SPLIT: Final = (
    "split it: the schema change alone in one migration, the rows in the next one, "
    + _BATCHES.partition(", and ")[2]
)
_CHECK: Final = (
    "AddConstraintNotValid(...) in one migration, ValidateConstraint(...) in the next one "
    "(django.contrib.postgres.operations)"
)
_NOT_NULL: Final = (
    "AddConstraintNotValid with CheckConstraint(condition=Q(field__isnull=False)), ValidateConstraint in the next "
    "migration, then AlterField to null=False, which needs no scan any more; then RemoveConstraint"
)
_FOREIGN_KEY: Final = (
    "AddField with db_constraint=False; then SeparateDatabaseAndState with RunSQL "
    "'ALTER TABLE ... ADD CONSTRAINT ... FOREIGN KEY ... NOT VALID', and 'VALIDATE CONSTRAINT' in the next migration"
)
_INDEX: Final = (
    "AddIndexConcurrently(...) (django.contrib.postgres.operations) in a migration with atomic = False"
)
_UNIQUE: Final = (
    "SeparateDatabaseAndState: RunSQL 'CREATE UNIQUE INDEX CONCURRENTLY ...' with atomic = False, then "
    "RunSQL 'ALTER TABLE ... ADD CONSTRAINT ... UNIQUE USING INDEX ...'"
)
_REWRITE: Final = (
    "AddField with the new type (null=True), fill it in batches, let the code use it, and RemoveField the old one in "
    "a later release"
)
_DEFAULT: Final = (
    "AddField with null=True, or a default that is one value (db_default=..., which PostgreSQL keeps in the "
    "catalog); then fill the rows in batches"
)

_BY_CODE: Final = {"lock-held-while-working": _SPLIT, "rows-lost": _LOST, "unbatched-backfill": _BATCHES}


def remedy(code: str, operation: str, sql: str) -> str:
    """Return the safe form for one finding; ``operation``: class of the operation that caused it."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if code == "index-built-under-lock":
        unique = re.search(r"\bUNIQUE\b|\bPRIMARY KEY\b|\bEXCLUDE\b", sql, re.IGNORECASE)
        return _UNIQUE if unique else _INDEX
    if code == "table-rewritten":
        return _DEFAULT if operation == "AddField" or "ADD COLUMN" in sql.upper() else _REWRITE
    if "FOREIGN KEY" in sql.upper() or "REFERENCES" in sql.upper():
        return _FOREIGN_KEY
    return _NOT_NULL if "SET NOT NULL" in sql.upper() else _CHECK
