"""One change of one column."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

MERCHANT, DEVICE, ORDER = "public.payments_merchant", "public.payments_device", "public.payments_order"
STRANGE: Final = "public.strange"


def alter(table: str, action: str) -> str:
    return f"ALTER TABLE {table} ALTER COLUMN {action}"


def retyped(name: str, table: str, column: str, type_: str) -> M:
    """Give a change of a column's type, the values left to PostgreSQL."""
    sql = alter(table, f"{column} TYPE {type_} USING NULL::{type_}")
    return M(name, sql, "column", f"{table}.{column}", "type")


WHOLE: Final = (
    M("drop a column", f"ALTER TABLE {ORDER} DROP COLUMN payload", "column", f"{ORDER}.payload", change="removed"),
    M("drop a column in the middle of indexes", f"ALTER TABLE {ORDER} DROP COLUMN metadata", "column",
      f"{ORDER}.metadata", change="removed"),
    M("add a column", f"ALTER TABLE {ORDER} ADD COLUMN phone text", "column", f"{ORDER}.phone", change="added"),
    M("add a column with a default", f"ALTER TABLE {ORDER} ADD COLUMN attempts integer NOT NULL DEFAULT 0",
      "column", f"{ORDER}.attempts", change="added"),
    M("rename a column", f"ALTER TABLE {ORDER} RENAME COLUMN payload TO body", "column", f"{ORDER}.payload", "name",
      mirrored=f"{ORDER}.body"),
    M("rename a column that much depends on", f"ALTER TABLE {ORDER} RENAME COLUMN status TO state", "column",
      f"{ORDER}.status", "name", mirrored=f"{ORDER}.state"),
    M("add a column to a partitioned table", "ALTER TABLE public.payments_payment ADD COLUMN note text", "column",
      "public.payments_payment.note", change="added"),
    M("add a column to an inheritance parent", "ALTER TABLE public.payments_document ADD COLUMN note text",
      "column", "public.payments_document.note", change="added"),
)
TYPES: Final = (
    retyped("length of a varchar", MERCHANT, "name", "varchar(100)"),
    retyped("varchar without length", DEVICE, "location", "varchar"),
    retyped("precision of a numeric", STRANGE, "share", "numeric(6,2)"),
    retyped("scale of a numeric", STRANGE, "share", "numeric(5,3)"),
    retyped("smallint to integer", STRANGE, "small", "integer"),
    retyped("integer to bigint", STRANGE, "id", "bigint"),
    M("timestamptz to timestamp", alter(ORDER, "expires_at TYPE timestamp"), "column", f"{ORDER}.expires_at", "type"),
    retyped("precision of a timestamp", DEVICE, "last_seen", "timestamp(6)"),
    retyped("precision of a time", STRANGE, "at", "time(3)"),
    retyped("time with a time zone", STRANGE, "at", "timetz(2)"),
    retyped("char to varchar", DEVICE, "firmware", "varchar(8)"),
    retyped("length of a char", DEVICE, "firmware", "char(9)"),
    retyped("length of a bit string", STRANGE, "flags", "bit(5)"),
    retyped("bit to bit varying", STRANGE, "flags", "varbit(4)"),
    retyped("fields of an interval", STRANGE, "period", "interval year to month"),
    M("column to a domain", alter(STRANGE, "id TYPE public.whole"), "column", f"{STRANGE}.id", "type",
      given="CREATE DOMAIN public.whole AS integer"),
    retyped("one composite to another", STRANGE, "who", "public.address"),
    retyped("xml to pg_lsn", STRANGE, "doc", "pg_lsn"),
    retyped("array to its element", STRANGE, "counts", "integer"),
    retyped("element of an array", STRANGE, "counts", "bigint[]"),
    retyped("double precision to real", STRANGE, "speed", "real"),
    M("jsonb to json", alter(ORDER, "metadata TYPE json"), "column", f"{ORDER}.metadata", "type",
      given="DROP INDEX public.payments_order_metadata_idx"),
    M("enum to text", alter(STRANGE, "tone TYPE text"), "column", f"{STRANGE}.tone", "type",
      given=f"ALTER TABLE {STRANGE} ADD COLUMN tone public.currency"),
    M("type in another schema of the same name", alter(STRANGE, "tone TYPE spare.currency USING NULL"), "column",
      f"{STRANGE}.tone", "type",
      given=f"CREATE TYPE spare.currency AS ENUM ('RUB'); ALTER TABLE {STRANGE} ADD COLUMN tone public.currency"),
    M("type of a partitioned table's column", alter("public.payments_payment", "amount TYPE numeric(14,2)"),
      "column", "public.payments_payment.amount", "type"),
)
NULL_AND_DEFAULT: Final = (
    M("drop NOT NULL", alter(MERCHANT, "name DROP NOT NULL"), "column", f"{MERCHANT}.name", "not_null"),
    M("set NOT NULL", alter(ORDER, "expires_at SET NOT NULL"), "column", f"{ORDER}.expires_at", "not_null"),
    M("name of a NOT NULL constraint",
      "ALTER TABLE public.since_18 RENAME CONSTRAINT since_18_a_required TO since_18_a_must", "column",
      "public.since_18.a", "not_null_constraint", since=18),
    M("NOT NULL not valid",
      "ALTER TABLE public.since_18_part DROP CONSTRAINT must, ADD CONSTRAINT must NOT NULL link_id NOT VALID",
      "column", "public.since_18_part.link_id", "not_null_valid", since=18,
      given="ALTER TABLE public.since_18_part ADD CONSTRAINT must NOT NULL link_id"),
    M("NOT NULL not inherited",
      "ALTER TABLE public.since_18_part DROP CONSTRAINT must, ADD CONSTRAINT must NOT NULL link_id NO INHERIT", "column",
      "public.since_18_part.link_id", "not_null_no_inherit", since=18,
      given="ALTER TABLE public.since_18_part ADD CONSTRAINT must NOT NULL link_id"),
    M("set a default", alter(ORDER, "expires_at SET DEFAULT now()"), "column", f"{ORDER}.expires_at", "default"),
    M("drop a default", alter(MERCHANT, "is_active DROP DEFAULT"), "column", f"{MERCHANT}.is_active", "default"),
    M("another default", alter(MERCHANT, "is_active SET DEFAULT false"), "column", f"{MERCHANT}.is_active", "default"),
    M("now() to clock_timestamp()", alter(MERCHANT, "created_at SET DEFAULT clock_timestamp()"), "column",
      f"{MERCHANT}.created_at", "default"),
    M("default of another type", alter(MERCHANT, "settings SET DEFAULT '[]'"), "column",
      f"{MERCHANT}.settings", "default"),
    M("default from another sequence", alter("public.payments_booking", "id SET DEFAULT nextval('public.free_number')"),
      "column", "public.payments_booking.id", "default"),
    M("default of an enum", alter(ORDER, "currency SET DEFAULT 'EUR'"), "column", f"{ORDER}.currency", "default"),
    M("default of a view's column", alter("public.payments_paid", "amount SET DEFAULT 1"), "column",
      "public.payments_paid.amount", "default"),
    M("default of one partition's column", alter("public.payments_payment_2024", "provider SET DEFAULT 'x'"), "column",
      "public.payments_payment_2024.provider", "default"),
)
IDENTITY_AND_GENERATED: Final = (
    M("identity always to by default", alter(ORDER, "id SET GENERATED BY DEFAULT"), "column", f"{ORDER}.id", "identity"),
    M("identity by default to always", alter(MERCHANT, "id SET GENERATED ALWAYS"), "column", f"{MERCHANT}.id",
      "identity"),
    M("drop identity", alter(MERCHANT, "id DROP IDENTITY"), "column", f"{MERCHANT}.id", "identity"),
    M("add identity", alter("public.payments_link", "left_id ADD GENERATED ALWAYS AS IDENTITY"), "column",
      "public.payments_link.left_id", "identity"),
    M("start of an identity", alter(ORDER, "id SET START 5"), "column", f"{ORDER}.id", "identity_start"),
    M("increment of an identity", alter(ORDER, "id SET INCREMENT 10"), "column", f"{ORDER}.id", "identity_increment"),
    M("minimum of an identity", alter(STRANGE, "counter SET MINVALUE 0"), "column", f"{STRANGE}.counter",
      "identity_minimum"),
    M("maximum of an identity", alter(STRANGE, "counter SET MAXVALUE 2000"), "column", f"{STRANGE}.counter",
      "identity_maximum"),
    M("no maximum of an identity", alter(STRANGE, "counter SET NO MAXVALUE"), "column", f"{STRANGE}.counter",
      "identity_maximum"),
    M("cache of an identity", alter(ORDER, "id SET CACHE 20"), "column", f"{ORDER}.id", "identity_cache"),
    M("cycle of an identity", alter(STRANGE, "counter SET NO CYCLE"), "column", f"{STRANGE}.counter", "identity_cycle"),
    M("name of an identity's sequence", "ALTER SEQUENCE public.payments_order_id_seq RENAME TO order_ids", "column",
      f"{ORDER}.id", "identity_sequence"),
    M("persistence of an identity's sequence", "ALTER SEQUENCE public.payments_order_id_seq SET UNLOGGED", "column",
      f"{ORDER}.id", "identity_persistence", since=15),
    M("drop a generated expression", alter(ORDER, "total DROP EXPRESSION"), "column", f"{ORDER}.total", "generated"),
    M("another generated expression",
      f"ALTER TABLE {ORDER} DROP COLUMN total, ADD COLUMN total numeric GENERATED ALWAYS AS (amount - tax) STORED",
      "column", f"{ORDER}.total", "generated"),
    M("virtual to stored", "ALTER TABLE public.since_18 DROP COLUMN doubled, ADD COLUMN doubled integer "
      "GENERATED ALWAYS AS (a * 2) STORED", "column", "public.since_18.doubled", "generated_kind", since=18),
    M("expression of a virtual column", alter("public.since_18_part", "tripled SET EXPRESSION AS (link_id * 4)"),
      "column", "public.since_18_part.tripled", "generated", since=18),
)
DETAILS: Final = (
    M("collation of a column", alter(STRANGE, 'word TYPE text COLLATE "POSIX"'), "column", f"{STRANGE}.word", "collation"),
    M("no collation of a column", alter(STRANGE, "word TYPE text"), "column", f"{STRANGE}.word", "collation"),
    M("collation of an indexed column", alter(MERCHANT, 'inn TYPE varchar(12) COLLATE "POSIX"'), "column",
      f"{MERCHANT}.inn", "collation"),
    M("storage", alter(ORDER, "payload SET STORAGE EXTERNAL"), "column", f"{ORDER}.payload", "storage"),
    M("storage back to the type's", alter(STRANGE, "plain SET STORAGE EXTENDED"), "column", f"{STRANGE}.plain", "storage"),
    M("compression", alter(STRANGE, "text_cache SET COMPRESSION lz4"), "column", f"{STRANGE}.text_cache", "compression",
      needs="lz4"),
    M("compression by default", alter(STRANGE, "text_cache SET COMPRESSION DEFAULT"), "column", f"{STRANGE}.text_cache",
      "compression"),
    M("statistics target", alter(STRANGE, "word SET STATISTICS 100"), "column", f"{STRANGE}.word", "statistics_target"),
    M("first statistics target", alter(ORDER, "status SET STATISTICS 0"), "column", f"{ORDER}.status",
      "statistics_target"),
    M("n_distinct", alter(STRANGE, "small SET (n_distinct = 20)"), "column", f"{STRANGE}.small", "options"),
    M("n_distinct_inherited", alter(ORDER, "status SET (n_distinct_inherited = -0.5)"), "column", f"{ORDER}.status",
      "options"),
    M("option of a foreign column",
      "ALTER FOREIGN TABLE public.bank_entry ALTER COLUMN id OPTIONS (SET column_name 'number')", "column",
      "public.bank_entry.id", "foreign_options"),
    M("a column inherited and its own",
      "UPDATE pg_attribute SET attislocal = true WHERE attrelid = 'public.payments_receipt'::regclass "
      "AND attname = 'title'", "column", "public.payments_receipt.title", "local"),
)
MUTATIONS: Final = (*WHOLE, *TYPES, *NULL_AND_DEFAULT, *IDENTITY_AND_GENERATED, *DETAILS)
