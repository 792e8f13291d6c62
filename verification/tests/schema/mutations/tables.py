"""Tables: inheritance, partitions, storage."""

# ruff: noqa: N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

MERCHANT, DEVICE, ORDER = "public.payments_merchant", "public.payments_device", "public.payments_order"
CUT: Final = "public.cut"


def partitioned(name: str, before: str, after: str) -> M:
    """Return another partition key of a table that has no partitions."""
    table = "CREATE TABLE public.cut (a integer, b text, c timestamptz) PARTITION BY "
    return M(name, f"DROP TABLE public.cut; {table}{after}", "table", CUT, "partition_key", given=f"{table}{before}")


def bounds(name: str, key: str, before: str, after: str) -> M:
    """Return other bounds of one partition."""
    return M(
        name,
        f"DROP TABLE public.cut_1; CREATE TABLE public.cut_1 PARTITION OF public.cut {after}",
        "table", "public.cut_1", "partition_bound",
        given=f"CREATE TABLE public.cut (a integer, b text) PARTITION BY {key};"
        f"CREATE TABLE public.cut_1 PARTITION OF public.cut {before}",
    )


WHOLE: Final = (
    M("drop a table", "DROP TABLE public.strange", "table", "public.strange", change="removed"),
    M("drop a table with all that hangs on it", "DROP TABLE public.payments_link_note", "table",
      "public.payments_link_note", change="removed"),
    M("add a table", "CREATE TABLE public.tag (id serial PRIMARY KEY, label text UNIQUE CHECK (label <> ''))", "table",
      "public.tag", change="added"),
    M("add a table with everything", "CREATE TABLE public.tag (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
      f"m bigint REFERENCES {MERCHANT}); CREATE INDEX ON public.tag (m); COMMENT ON COLUMN public.tag.m IS 'whose';"
      "CREATE TRIGGER t BEFORE INSERT ON public.tag FOR EACH ROW EXECUTE FUNCTION public.touch();"
      "ALTER TABLE public.tag ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON public.tag;"
      "CREATE STATISTICS public.tag_statistics ON id, m FROM public.tag", "table", "public.tag", change="added"),
    M("add a table without columns", "CREATE TABLE public.nothing ()", "table", "public.nothing", change="added"),
    M("add a table with an odd name", 'CREATE TABLE public."Odd.Name ""x" ("a b" integer)', "table",
      'public."Odd.Name ""x"', change="added"),
    M("rename a table", "ALTER TABLE public.payments_cache RENAME TO cache", "table", "public.payments_cache", "name",
      mirrored="public.cache"),
    M("rename a table that others point to", f"ALTER TABLE {MERCHANT} RENAME TO shop", "table", MERCHANT, "name",
      mirrored="public.shop"),
    M("table renamed", "ALTER TABLE payments.booking RENAME TO reservation", "table", "payments.booking", "name",
      mirrored="payments.reservation"),
    M("move a table to another schema", "ALTER TABLE public.payments_cache SET SCHEMA spare", "table",
      "public.payments_cache", "schema", mirrored="spare.payments_cache"),
    M("add a partition", "CREATE TABLE public.payments_payment_2026 PARTITION OF public.payments_payment "
      "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')", "table", "public.payments_payment_2026", change="added"),
    M("drop a partition", "DROP TABLE public.payments_payment_2025", "table", "public.payments_payment_2025",
      change="removed"),
    M("table added", "CREATE TABLE payments.extra (id integer PRIMARY KEY)", "table", "payments.extra",
      change="added"),
    M("table dropped with its foreign key", "DROP TABLE payments.shipment", "table", "payments.shipment",
      change="removed"),
    M("partition added", "CREATE TABLE payments.ledger_2026 PARTITION OF payments.ledger FOR VALUES FROM "
      "('2026-01-01') TO ('2027-01-01')", "table", "payments.ledger_2026", change="added"),
    M("partition dropped", "DROP TABLE payments.ledger_2025", "table", "payments.ledger_2025", change="removed"),
)
ATTRIBUTES: Final = (
    M("logged to unlogged", "ALTER TABLE public.strange SET UNLOGGED", "table", "public.strange", "persistence"),
    M("unlogged to logged", "ALTER TABLE public.payments_cache SET LOGGED", "table", "public.payments_cache",
      "persistence"),
    M("access method of a table", "ALTER TABLE public.payments_cache SET ACCESS METHOD heap_again", "table",
      "public.payments_cache", "access_method", since=15),
    M("access method of a new table", "DROP TABLE public.plain_table; CREATE TABLE public.plain_table (id integer) "
      "USING heap_again", "table", "public.plain_table", "access_method",
      given="CREATE TABLE public.plain_table (id integer)"),
    M("row security off", f"ALTER TABLE {MERCHANT} DISABLE ROW LEVEL SECURITY", "table", MERCHANT, "row_security"),
    M("row security on", f"ALTER TABLE {DEVICE} ENABLE ROW LEVEL SECURITY", "table", DEVICE, "row_security"),
    M("row security forced", f"ALTER TABLE {MERCHANT} FORCE ROW LEVEL SECURITY", "table", MERCHANT,
      "row_security_forced"),
    M("replica identity full", f"ALTER TABLE {DEVICE} REPLICA IDENTITY FULL", "table", DEVICE, "replica_identity"),
    M("replica identity nothing", f"ALTER TABLE {DEVICE} REPLICA IDENTITY NOTHING", "table", DEVICE,
      "replica_identity"),
    M("replica identity by index", "ALTER TABLE payments.orders REPLICA IDENTITY USING INDEX orders_identity_idx",
      "table", "payments.orders", "replica_identity"),
    M("fillfactor of a table", f"ALTER TABLE {ORDER} SET (fillfactor = 70)", "table", ORDER, "storage_parameters"),
    M("another storage parameter", "ALTER TABLE public.payments_cache SET (autovacuum_enabled = true)", "table",
      "public.payments_cache", "storage_parameters"),
    M("no storage parameter", "ALTER TABLE public.payments_cache RESET (autovacuum_enabled)", "table",
      "public.payments_cache", "storage_parameters"),
    M("storage parameter of the toast table", f"ALTER TABLE {ORDER} SET (toast.autovacuum_enabled = false)", "table",
      ORDER, "storage_parameters"),
    M("tablespace of a table", f"ALTER TABLE {DEVICE} SET TABLESPACE mutation_space", "table", DEVICE, "tablespace"),
    M("order of inheritance parents", "ALTER TABLE public.payments_receipt NO INHERIT public.payments_document;"
      "ALTER TABLE public.payments_receipt INHERIT public.payments_document", "table", "public.payments_receipt",
      "inherits", given="ALTER TABLE public.payments_receipt ALTER COLUMN number SET DEFAULT 'x';"
      "UPDATE pg_attribute SET attislocal = true WHERE attrelid = 'public.payments_receipt'::regclass AND attnum > 0;"
      "UPDATE pg_constraint SET conislocal = true WHERE conrelid = 'public.payments_receipt'::regclass"),
    M("a parent less", "ALTER TABLE public.child NO INHERIT public.parent", "table", "public.child", "inherits",
      given="CREATE TABLE public.parent (); CREATE TABLE public.child (id integer) INHERITS (public.parent)"),
    M("inheritance ended", "ALTER TABLE payments.login NO INHERIT payments.signed", "table", "payments.login",
      "inherits"),
    M("order of parents", "DROP TABLE payments.login; CREATE TABLE payments.login (account text) INHERITS "
      "(payments.signed, payments.event)", "table", "payments.login", "inherits"),
    M("of a type", "ALTER TABLE public.typed NOT OF", "table", "public.typed", "of_type"),
    M("of another type", "ALTER TABLE public.typed OF public.person_too", "table", "public.typed", "of_type",
      given="CREATE TYPE public.person_too AS (name text)"),
    M("table of a type", "ALTER TABLE payments.untyped OF payments.typed_row", "table", "payments.untyped",
      "of_type"),
    M("owner of a table", f"ALTER TABLE {DEVICE} OWNER TO mutation_owner", "table", DEVICE, "owner"),
    M("owner of a table with an own sequence", "ALTER TABLE public.payments_booking OWNER TO mutation_owner", "table",
      "public.payments_booking", "owner"),
    M("owner of a table with a serial", "ALTER TABLE payments.device OWNER TO pg_read_all_data", "table",
      "payments.device", "owner"),
    partitioned("strategy of partitions", "RANGE (a)", "LIST (a)"),
    partitioned("hash partitions", "RANGE (a)", "HASH (a)"),
    partitioned("column of a partition key", "RANGE (a)", "RANGE (b)"),
    partitioned("a column more in a partition key", "RANGE (a)", "RANGE (a, b)"),
    partitioned("expression of a partition key", "RANGE ((a + 1))", "RANGE ((a + 2))"),
    partitioned("operator class of a partition key", "RANGE (b)", "RANGE (b text_pattern_ops)"),
    partitioned("collation of a partition key", "RANGE (b)", 'RANGE (b COLLATE "C")'),
    M("table became partitioned",
      "DROP TABLE payments.untyped; CREATE TABLE payments.untyped (id integer, label text) PARTITION BY LIST (id)",
      "table", "payments.untyped", "partition_key"),
    M("partition strategy",
      "DROP TABLE payments.region; CREATE TABLE payments.region (code text, place text) PARTITION BY HASH (code)",
      "table", "payments.region", "partition_key"),
    M("partition key column",
      "DROP TABLE payments.region; CREATE TABLE payments.region (code text, place text) PARTITION BY LIST (place)",
      "table", "payments.region", "partition_key"),
    M("partition key expression", "DROP TABLE payments.region;CREATE TABLE payments.region (code text, place text) "
      "PARTITION BY LIST (lower(code))", "table", "payments.region", "partition_key"),
    M("partition key operator class", "DROP TABLE payments.region;CREATE TABLE payments.region (code text, place "
      "text) PARTITION BY LIST (code text_pattern_ops)", "table", "payments.region", "partition_key"),
    M("partition key collation", "DROP TABLE payments.region;CREATE TABLE payments.region (code text, place text) "
      'PARTITION BY LIST (code COLLATE "C")', "table", "payments.region", "partition_key"),
    bounds("bounds of a range", "RANGE (a)", "FOR VALUES FROM (1) TO (5)", "FOR VALUES FROM (1) TO (6)"),
    bounds("values of a list", "LIST (a)", "FOR VALUES IN (1, 2)", "FOR VALUES IN (1, 3)"),
    bounds("modulus of a hash", "HASH (a)", "FOR VALUES WITH (MODULUS 4, REMAINDER 0)",
           "FOR VALUES WITH (MODULUS 8, REMAINDER 0)"),
    bounds("a default partition", "LIST (a)", "DEFAULT", "FOR VALUES IN (1)"),
    M("partition bound", "ALTER TABLE payments.ledger DETACH PARTITION payments.ledger_2025;ALTER TABLE "
      "payments.ledger ATTACH PARTITION payments.ledger_2025 FOR VALUES FROM ('2025-01-01') TO ('2025-07-01')",
      "table", "payments.ledger_2025", "partition_bound"),
    M("detach a partition", "ALTER TABLE public.cut DETACH PARTITION public.cut_1", "table", "public.cut_1",
      "partition_of", given="CREATE TABLE public.cut (a integer) PARTITION BY LIST (a);"
      "CREATE TABLE public.cut_1 PARTITION OF public.cut DEFAULT"),
    M("partition detached", "ALTER TABLE payments.ledger DETACH PARTITION payments.ledger_2025", "table",
      "payments.ledger_2025", "partition_of"),
    M("partition attached", "ALTER TABLE payments.ledger ATTACH PARTITION payments.ledger_spare FOR VALUES FROM "
      "('2026-01-01') TO ('2027-01-01')", "table", "payments.ledger_spare", "partition_of"),
    M("a detachment under way", "UPDATE pg_inherits SET inhdetachpending = true "
      "WHERE inhrelid = 'public.payments_payment_2024'::regclass", "table", "public.payments_payment_2024",
      "detach_pending", pg_dump_blind="it takes a partition that is being detached for attached"),
    M("clustered index", "ALTER TABLE payments.orders CLUSTER ON orders_status_idx", "table", "payments.orders",
      "clustered_index"),
    M("clustered by a primary key", "ALTER TABLE payments.orders CLUSTER ON orders_pkey", "table", "payments.orders",
      "clustered_index"),
)
CASES: Final = (*WHOLE, *ATTRIBUTES)
