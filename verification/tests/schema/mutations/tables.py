"""Schemas, tables, inheritance and partitions."""

# ruff: noqa: E501 - statements of SQL, each in one piece

from typing import Final

from verification.tests.schema.mutations.cases import Mutation

CASES: Final = (
    Mutation("schema added", "CREATE SCHEMA archive", "schema", "archive", ""),
    Mutation("schema owner", "ALTER SCHEMA audit OWNER TO pg_monitor", "schema", "audit", "owner"),
    Mutation(
        "schema grant",
        "GRANT USAGE ON SCHEMA audit TO pg_monitor",
        "grant",
        "schema audit to pg_monitor",
        "privileges",
    ),
    Mutation(
        "schema grant widened",
        "GRANT CREATE ON SCHEMA payments TO pg_monitor",
        "grant",
        "schema payments to pg_monitor",
        "privileges",
    ),
    Mutation("schema comment", "COMMENT ON SCHEMA audit IS 'who'", "comment", "schema audit", "comment"),
    Mutation(
        "table added", "CREATE TABLE payments.extra (id integer PRIMARY KEY)", "table", "payments.extra", ""
    ),
    Mutation("table dropped", "DROP TABLE payments.booking", "table", "payments.booking", ""),
    Mutation(
        "table dropped with its foreign key", "DROP TABLE payments.shipment", "table", "payments.shipment", ""
    ),
    Mutation(
        "table renamed",
        "ALTER TABLE payments.booking RENAME TO reservation",
        "table",
        "payments.booking",
        "name",
        mirrored="payments.reservation",
    ),
    Mutation(
        "table unlogged",
        "ALTER TABLE payments.booking SET UNLOGGED",
        "table",
        "payments.booking",
        "persistence",
    ),
    Mutation(
        "table access method",
        "ALTER TABLE payments.booking SET ACCESS METHOD heap_again",
        "table",
        "payments.booking",
        "access_method",
        since=15,
    ),
    Mutation(
        "row security off",
        "ALTER TABLE payments.device DISABLE ROW LEVEL SECURITY",
        "table",
        "payments.device",
        "row_security",
    ),
    Mutation(
        "row security forced",
        "ALTER TABLE payments.device FORCE ROW LEVEL SECURITY",
        "table",
        "payments.device",
        "row_security_forced",
    ),
    Mutation(
        "replica identity full",
        "ALTER TABLE payments.merchant REPLICA IDENTITY FULL",
        "table",
        "payments.merchant",
        "replica_identity",
    ),
    Mutation(
        "replica identity nothing",
        "ALTER TABLE payments.merchant REPLICA IDENTITY NOTHING",
        "table",
        "payments.merchant",
        "replica_identity",
    ),
    Mutation(
        "replica identity by index",
        "ALTER TABLE payments.orders REPLICA IDENTITY USING INDEX orders_identity_idx",
        "table",
        "payments.orders",
        "replica_identity",
    ),
    Mutation(
        "table storage parameter",
        "ALTER TABLE payments.merchant SET (fillfactor = 70)",
        "table",
        "payments.merchant",
        "storage_parameters",
    ),
    Mutation(
        "toast storage parameter",
        "ALTER TABLE payments.merchant SET (toast.autovacuum_enabled = false)",
        "table",
        "payments.merchant",
        "storage_parameters",
    ),
    Mutation(
        "inheritance ended",
        "ALTER TABLE payments.login NO INHERIT payments.signed",
        "table",
        "payments.login",
        "inherits",
    ),
    Mutation(
        "order of parents",
        "DROP TABLE payments.login; CREATE TABLE payments.login (account text) INHERITS (payments.signed, payments.event)",
        "table",
        "payments.login",
        "inherits",
    ),
    Mutation(
        "table became partitioned",
        "DROP TABLE payments.untyped; CREATE TABLE payments.untyped (id integer, label text) PARTITION BY LIST (id)",
        "table",
        "payments.untyped",
        "partition_key",
    ),
    Mutation(
        "partition strategy",
        "DROP TABLE payments.region; CREATE TABLE payments.region (code text, place text) PARTITION BY HASH (code)",
        "table",
        "payments.region",
        "partition_key",
    ),
    Mutation(
        "partition key column",
        "DROP TABLE payments.region; CREATE TABLE payments.region (code text, place text) PARTITION BY LIST (place)",
        "table",
        "payments.region",
        "partition_key",
    ),
    Mutation(
        "partition key expression",
        "DROP TABLE payments.region;"
        "CREATE TABLE payments.region (code text, place text) PARTITION BY LIST (lower(code))",
        "table",
        "payments.region",
        "partition_key",
    ),
    Mutation(
        "partition key operator class",
        "DROP TABLE payments.region;"
        "CREATE TABLE payments.region (code text, place text) PARTITION BY LIST (code text_pattern_ops)",
        "table",
        "payments.region",
        "partition_key",
    ),
    Mutation(
        "partition key collation",
        "DROP TABLE payments.region;"
        """CREATE TABLE payments.region (code text, place text) PARTITION BY LIST (code COLLATE "C")""",
        "table",
        "payments.region",
        "partition_key",
    ),
    Mutation(
        "partition added",
        "CREATE TABLE payments.ledger_2026 PARTITION OF payments.ledger"
        " FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "table",
        "payments.ledger_2026",
        "",
    ),
    Mutation("partition dropped", "DROP TABLE payments.ledger_2025", "table", "payments.ledger_2025", ""),
    Mutation(
        "partition bound",
        "ALTER TABLE payments.ledger DETACH PARTITION payments.ledger_2025;"
        "ALTER TABLE payments.ledger ATTACH PARTITION payments.ledger_2025"
        " FOR VALUES FROM ('2025-01-01') TO ('2025-07-01')",
        "table",
        "payments.ledger_2025",
        "partition_bound",
    ),
    Mutation(
        "partition detached",
        "ALTER TABLE payments.ledger DETACH PARTITION payments.ledger_2025",
        "table",
        "payments.ledger_2025",
        "partition_of",
    ),
    Mutation(
        "partition attached",
        "ALTER TABLE payments.ledger ATTACH PARTITION payments.ledger_spare"
        " FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "table",
        "payments.ledger_spare",
        "partition_of",
    ),
    Mutation(
        "table of a type",
        "ALTER TABLE payments.untyped OF payments.typed_row",
        "table",
        "payments.untyped",
        "of_type",
    ),
    Mutation("table of no type", "ALTER TABLE payments.typed NOT OF", "table", "payments.typed", "of_type"),
    Mutation(
        "table owner",
        "ALTER TABLE payments.booking OWNER TO pg_monitor",
        "table",
        "payments.booking",
        "owner",
    ),
    Mutation(
        "owner of a table with a serial",
        "ALTER TABLE payments.device OWNER TO pg_read_all_data",
        "table",
        "payments.device",
        "owner",
    ),
    Mutation(
        "table grant added",
        "GRANT INSERT ON payments.device TO pg_monitor",
        "grant",
        "table payments.device to pg_monitor",
        "privileges",
    ),
    Mutation(
        "table grant taken",
        "REVOKE SELECT ON payments.merchant FROM pg_monitor",
        "grant",
        "table payments.merchant to pg_monitor",
        "privileges",
    ),
    Mutation(
        "table grant option",
        "GRANT SELECT ON payments.merchant TO pg_monitor WITH GRANT OPTION",
        "grant",
        "table payments.merchant to pg_monitor",
        "privileges",
    ),
    Mutation(
        "table grant to everybody",
        "GRANT SELECT ON payments.device TO PUBLIC",
        "grant",
        "table payments.device to PUBLIC",
        "privileges",
    ),
    Mutation(
        "table grant of the owner taken",
        "REVOKE TRUNCATE ON payments.device FROM CURRENT_USER",
        "grant",
        "table payments.device to {user}",
        "privileges",
    ),
    Mutation(
        "column grant added",
        "GRANT UPDATE (note) ON payments.merchant TO pg_monitor",
        "grant",
        "column payments.merchant.note to pg_monitor",
        "privileges",
    ),
    Mutation(
        "column grant taken",
        "REVOKE SELECT (email) ON payments.orders FROM pg_monitor",
        "grant",
        "column payments.orders.email to pg_monitor",
        "privileges",
    ),
    Mutation(
        "table comment",
        "COMMENT ON TABLE payments.merchant IS 'x'",
        "comment",
        "table payments.merchant",
        "comment",
    ),
    Mutation(
        "table comment dropped",
        "COMMENT ON TABLE payments.merchant IS NULL",
        "comment",
        "table payments.merchant",
        "comment",
    ),
    Mutation(
        "clustered index",
        "ALTER TABLE payments.orders CLUSTER ON orders_status_idx",
        "table",
        "payments.orders",
        "clustered_index",
    ),
    Mutation(
        "clustered by a primary key",
        "ALTER TABLE payments.orders CLUSTER ON orders_pkey",
        "table",
        "payments.orders",
        "clustered_index",
    ),
    Mutation(
        "foreign table option",
        "ALTER FOREIGN TABLE payments.old_orders OPTIONS (SET file 'older')",
        "foreign_table",
        "payments.old_orders",
        "options",
    ),
)
