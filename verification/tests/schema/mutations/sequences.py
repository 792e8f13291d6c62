"""Sequences, but never their current value."""

from typing import Final

from verification.tests.schema.mutations.cases import Mutation

CASES: Final = (
    Mutation("sequence added", "CREATE SEQUENCE payments.other", "sequence", "payments.other", ""),
    Mutation(
        "sequence dropped", "DROP SEQUENCE payments.receipt_number", "sequence", "payments.receipt_number", ""
    ),
    Mutation(
        "sequence renamed",
        "ALTER SEQUENCE payments.receipt_number RENAME TO receipt_numbers",
        "sequence",
        "payments.receipt_number",
        "name",
        mirrored="payments.receipt_numbers",
    ),
    Mutation(
        "sequence type",
        "ALTER SEQUENCE payments.receipt_number AS integer",
        "sequence",
        "payments.receipt_number",
        "type",
    ),
    Mutation(
        "sequence start",
        "ALTER SEQUENCE payments.receipt_number START 200",
        "sequence",
        "payments.receipt_number",
        "start",
    ),
    Mutation(
        "sequence increment",
        "ALTER SEQUENCE payments.receipt_number INCREMENT 2",
        "sequence",
        "payments.receipt_number",
        "increment",
    ),
    Mutation(
        "sequence minimum",
        "ALTER SEQUENCE payments.receipt_number MINVALUE -10",
        "sequence",
        "payments.receipt_number",
        "minimum",
    ),
    Mutation(
        "sequence maximum",
        "ALTER SEQUENCE payments.receipt_number MAXVALUE 1000",
        "sequence",
        "payments.receipt_number",
        "maximum",
    ),
    Mutation(
        "sequence cache",
        "ALTER SEQUENCE payments.receipt_number CACHE 10",
        "sequence",
        "payments.receipt_number",
        "cache",
    ),
    Mutation(
        "sequence cycle",
        "ALTER SEQUENCE payments.receipt_number CYCLE",
        "sequence",
        "payments.receipt_number",
        "cycle",
    ),
    Mutation(
        "sequence owned by",
        "ALTER SEQUENCE payments.receipt_number OWNED BY payments.orders.id",
        "sequence",
        "payments.receipt_number",
        "owned_by",
    ),
    Mutation(
        "sequence owned by nobody",
        "ALTER SEQUENCE payments.device_id_seq OWNED BY NONE",
        "sequence",
        "payments.device_id_seq",
        "owned_by",
    ),
    Mutation(
        "sequence owned by a column",
        "ALTER SEQUENCE payments.receipt_number OWNED BY payments.orders.reference",
        "sequence",
        "payments.receipt_number",
        "owned_by",
    ),
    Mutation(
        "sequence unlogged",
        "ALTER SEQUENCE payments.receipt_number SET UNLOGGED",
        "sequence",
        "payments.receipt_number",
        "persistence",
        since=15,
    ),
    Mutation(
        "sequence owner",
        "ALTER SEQUENCE payments.receipt_number OWNER TO pg_monitor",
        "sequence",
        "payments.receipt_number",
        "owner",
    ),
    Mutation(
        "sequence grant",
        "GRANT USAGE ON SEQUENCE payments.receipt_number TO pg_monitor",
        "grant",
        "sequence payments.receipt_number to pg_monitor",
        "privileges",
    ),
    Mutation(
        "sequence comment",
        "COMMENT ON SEQUENCE payments.receipt_number IS 'x'",
        "comment",
        "sequence payments.receipt_number",
        "comment",
    ),
)
