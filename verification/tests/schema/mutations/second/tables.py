"""One change of one table, one schema or one sequence."""

# ruff: noqa: N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

MERCHANT, DEVICE, ORDER = "public.payments_merchant", "public.payments_device", "public.payments_order"
CUT, NUMBER, FREE = "public.cut", "public.receipt_number", "public.free_number"


def partitioned(name: str, before: str, after: str) -> M:
    """Give another partition key of a table that has no partitions."""
    table = "CREATE TABLE public.cut (a integer, b text, c timestamptz) PARTITION BY "
    return M(name, f"DROP TABLE public.cut; {table}{after}", "table", CUT, "partition_key", given=f"{table}{before}")


def bounds(name: str, key: str, before: str, after: str) -> M:
    """Give other bounds of one partition."""
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
    M("move a table to another schema", "ALTER TABLE public.payments_cache SET SCHEMA spare", "table",
      "public.payments_cache", "schema", mirrored="spare.payments_cache"),
    M("add a partition", "CREATE TABLE public.payments_payment_2026 PARTITION OF public.payments_payment "
      "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')", "table", "public.payments_payment_2026", change="added"),
    M("drop a partition", "DROP TABLE public.payments_payment_2025", "table", "public.payments_payment_2025",
      change="removed"),
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
    M("of a type", "ALTER TABLE public.typed NOT OF", "table", "public.typed", "of_type"),
    M("of another type", "ALTER TABLE public.typed OF public.person_too", "table", "public.typed", "of_type",
      given="CREATE TYPE public.person_too AS (name text)"),
    M("owner of a table", f"ALTER TABLE {DEVICE} OWNER TO mutation_owner", "table", DEVICE, "owner"),
    M("owner of a table with an own sequence", "ALTER TABLE public.payments_booking OWNER TO mutation_owner", "table",
      "public.payments_booking", "owner"),
    partitioned("strategy of partitions", "RANGE (a)", "LIST (a)"),
    partitioned("hash partitions", "RANGE (a)", "HASH (a)"),
    partitioned("column of a partition key", "RANGE (a)", "RANGE (b)"),
    partitioned("a column more in a partition key", "RANGE (a)", "RANGE (a, b)"),
    partitioned("expression of a partition key", "RANGE ((a + 1))", "RANGE ((a + 2))"),
    partitioned("operator class of a partition key", "RANGE (b)", "RANGE (b text_pattern_ops)"),
    partitioned("collation of a partition key", "RANGE (b)", 'RANGE (b COLLATE "C")'),
    bounds("bounds of a range", "RANGE (a)", "FOR VALUES FROM (1) TO (5)", "FOR VALUES FROM (1) TO (6)"),
    bounds("values of a list", "LIST (a)", "FOR VALUES IN (1, 2)", "FOR VALUES IN (1, 3)"),
    bounds("modulus of a hash", "HASH (a)", "FOR VALUES WITH (MODULUS 4, REMAINDER 0)",
           "FOR VALUES WITH (MODULUS 8, REMAINDER 0)"),
    bounds("a default partition", "LIST (a)", "DEFAULT", "FOR VALUES IN (1)"),
    M("detach a partition", "ALTER TABLE public.cut DETACH PARTITION public.cut_1", "table", "public.cut_1",
      "partition_of", given="CREATE TABLE public.cut (a integer) PARTITION BY LIST (a);"
      "CREATE TABLE public.cut_1 PARTITION OF public.cut DEFAULT"),
    M("a detachment under way", "UPDATE pg_inherits SET inhdetachpending = true "
      "WHERE inhrelid = 'public.payments_payment_2024'::regclass", "table", "public.payments_payment_2024",
      "detach_pending", pg_dump_blind="it takes a partition that is being detached for attached"),
)
SCHEMAS: Final = (
    M("add a schema", "CREATE SCHEMA extra", "schema", "extra", change="added"),
    M("drop a schema", "DROP SCHEMA spare", "schema", "spare", change="removed"),
    M("drop a schema with its objects", "DROP SCHEMA spare CASCADE", "schema", "spare", change="removed",
      given="CREATE TABLE spare.t (id serial PRIMARY KEY); CREATE FUNCTION spare.f() RETURNS integer "
      "LANGUAGE sql AS 'SELECT 1'; CREATE TYPE spare.e AS ENUM ('a')"),
    M("rename a schema", "ALTER SCHEMA spare RENAME TO spare_too", "schema", "spare", "name", mirrored="spare_too"),
    M("owner of a schema", "ALTER SCHEMA spare OWNER TO mutation_owner", "schema", "spare", "owner"),
)
SEQUENCES: Final = (
    M("add a sequence", "CREATE SEQUENCE public.ticket", "sequence", "public.ticket", change="added"),
    M("drop a sequence", f"DROP SEQUENCE {FREE}", "sequence", FREE, change="removed"),
    M("rename a sequence", f"ALTER SEQUENCE {FREE} RENAME TO freed", "sequence", FREE, "name", mirrored="public.freed"),
    M("type of a sequence", f"ALTER SEQUENCE {NUMBER} AS bigint", "sequence", NUMBER, "type"),
    M("start", f"ALTER SEQUENCE {NUMBER} START 9", "sequence", NUMBER, "start"),
    M("increment", f"ALTER SEQUENCE {NUMBER} INCREMENT 3", "sequence", NUMBER, "increment"),
    M("minimum", f"ALTER SEQUENCE {NUMBER} MINVALUE 3", "sequence", NUMBER, "minimum"),
    M("maximum", f"ALTER SEQUENCE {NUMBER} MAXVALUE 99999", "sequence", NUMBER, "maximum"),
    M("no maximum", f"ALTER SEQUENCE {NUMBER} NO MAXVALUE", "sequence", NUMBER, "maximum"),
    M("cache", f"ALTER SEQUENCE {NUMBER} CACHE 4", "sequence", NUMBER, "cache"),
    M("cycle", f"ALTER SEQUENCE {NUMBER} CYCLE", "sequence", NUMBER, "cycle"),
    M("owned by a column", f"ALTER SEQUENCE {FREE} OWNED BY public.strange.wide", "sequence", FREE, "owned_by"),
    M("owned by none", "ALTER SEQUENCE public.payments_booking_id_seq OWNED BY NONE", "sequence",
      "public.payments_booking_id_seq", "owned_by"),
    M("increment of a serial", "ALTER SEQUENCE public.payments_booking_id_seq INCREMENT 5", "sequence",
      "public.payments_booking_id_seq", "increment"),
    M("sequence logged", "ALTER SEQUENCE public.since_15_sequence SET LOGGED", "sequence", "public.since_15_sequence",
      "persistence", since=15),
    M("owner of a sequence", f"ALTER SEQUENCE {FREE} OWNER TO mutation_owner", "sequence", FREE, "owner"),
)
MUTATIONS: Final = (*WHOLE, *ATTRIBUTES, *SCHEMAS, *SEQUENCES)
