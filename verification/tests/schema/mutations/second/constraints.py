"""One change of one constraint."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import INTERNAL
from verification.tests.schema.mutations.cases import Mutation as M

MERCHANT, DEVICE, ORDER = "public.payments_merchant", "public.payments_device", "public.payments_order"
LINK, NOTE, BOOKING = "public.payments_link", "public.payments_link_note", "public.payments_booking"
PERIOD, PART = "public.since_18", "public.since_18_part"


def made_anew(
    name: str, table: str, constraint: str, definition: str, attribute: str, *, since: int = 14, given: str = ""
) -> M:
    """Give a constraint that was dropped and made again with another definition."""
    sql = f"ALTER TABLE {table} DROP CONSTRAINT {constraint}, ADD CONSTRAINT {constraint} {definition}"
    return M(name, sql, "constraint", f"{table}.{constraint}", attribute, since=since, given=given)


def altered(name: str, table: str, constraint: str, action: str, attribute: str, *, since: int = 14) -> M:
    sql = f"ALTER TABLE {table} ALTER CONSTRAINT {constraint} {action}"
    return M(name, sql, "constraint", f"{table}.{constraint}", attribute, since=since)


def merchant_key(actions: str) -> str:
    return f"FOREIGN KEY (merchant_id) REFERENCES {MERCHANT} (id) {actions}"


NOTE_KEY: Final = "FOREIGN KEY (a, b) REFERENCES public.payments_link (left_id, right_id)"

WHOLE: Final = (
    M("drop a check", f"ALTER TABLE {ORDER} DROP CONSTRAINT payments_order_amount_check", "constraint",
      f"{ORDER}.payments_order_amount_check", change="removed"),
    M("add a check", f"ALTER TABLE {ORDER} ADD CONSTRAINT taxed CHECK (tax >= 0)", "constraint", f"{ORDER}.taxed",
      change="added"),
    M("add a foreign key", f"ALTER TABLE {BOOKING} ADD CONSTRAINT booked FOREIGN KEY (device_id) REFERENCES {DEVICE}",
      "constraint", f"{BOOKING}.booked", change="added"),
    M("drop a foreign key", f"ALTER TABLE {ORDER} DROP CONSTRAINT payments_order_device_fk", "constraint",
      f"{ORDER}.payments_order_device_fk", change="removed"),
    M("drop a unique constraint", f"ALTER TABLE {ORDER} DROP CONSTRAINT payments_order_number_key", "constraint",
      f"{ORDER}.payments_order_number_key", change="removed"),
    M("drop a primary key", "ALTER TABLE public.payments_cache DROP CONSTRAINT payments_cache_pkey, "
      "ALTER COLUMN key SET NOT NULL", "constraint", "public.payments_cache.payments_cache_pkey", change="removed"),
    M("drop an exclusion constraint", f"ALTER TABLE {BOOKING} DROP CONSTRAINT payments_booking_overlap", "constraint",
      f"{BOOKING}.payments_booking_overlap", change="removed"),
    M("rename a check", f"ALTER TABLE {ORDER} RENAME CONSTRAINT payments_order_amount_check TO positive", "constraint",
      f"{ORDER}.payments_order_amount_check", "name", mirrored=f"{ORDER}.positive"),
    M("rename a foreign key", f"ALTER TABLE {ORDER} RENAME CONSTRAINT payments_order_device_fk TO made_by",
      "constraint", f"{ORDER}.payments_order_device_fk", "name", mirrored=f"{ORDER}.made_by"),
    M("rename a primary key", "ALTER INDEX public.payments_cache_pkey RENAME TO cache_key", "constraint",
      "public.payments_cache.payments_cache_pkey", "name", mirrored="public.payments_cache.cache_key"),
    M("a unique constraint turned into a unique index",
      f"ALTER TABLE {MERCHANT} DROP CONSTRAINT payments_merchant_inn_key;"
      f"CREATE UNIQUE INDEX payments_merchant_inn_key ON {MERCHANT} (inn);"
      "COMMENT ON INDEX public.payments_merchant_inn_key IS 'x'; COMMENT ON INDEX public.payments_merchant_inn_key IS NULL",
      "constraint", f"{MERCHANT}.payments_merchant_inn_key", "kind",
      given=f"COMMENT ON CONSTRAINT payments_merchant_inn_key ON {MERCHANT} IS NULL"),
    M("one kind of constraint to another", f"ALTER TABLE {LINK} DROP CONSTRAINT payments_link_pair, "
      "ADD CONSTRAINT payments_link_pair CHECK (right_id > third)", "constraint", f"{LINK}.payments_link_pair", "kind"),
    M("add a check to an inheritance parent", "ALTER TABLE public.payments_document ADD CONSTRAINT numbered CHECK (id > 0)",
      "constraint", "public.payments_document.numbered", change="added"),
    M("add a check to one partition", "ALTER TABLE public.payments_payment_2025 ADD CONSTRAINT paid CHECK (amount > 0)",
      "constraint", "public.payments_payment_2025.paid", change="added"),
)
CHECKS: Final = (
    made_anew("another expression", ORDER, "payments_order_amount_check", "CHECK (amount >= 0)", "expression"),
    made_anew("another constant in an expression", MERCHANT, "payments_merchant_commission_check",
              "CHECK (commission >= 0 AND commission <= 99)", "expression"),
    made_anew("a value more in an IN list", ORDER, "payments_order_status_check",
              "CHECK (status IN ('created', 'pending', 'paid', 'failed', 'expired', 'refunded'))", "expression"),
    made_anew("order in an IN list", DEVICE, "payments_device_kind_check", "CHECK (kind IN (3, 2, 1))", "expression"),
    made_anew("check on no column", "public.strange", "strange_constant", "CHECK (2 = 2)", "expression"),
    made_anew("check not valid", ORDER, "payments_order_amount_check", "CHECK (amount > 0) NOT VALID", "valid"),
    made_anew("check not inherited", ORDER, "payments_order_amount_check", "CHECK (amount > 0) NO INHERIT", "no_inherit"),
    made_anew("check enforced", PERIOD, "since_18_check", "CHECK (a > 0)", "enforced", since=18),
    M("a check inherited and its own",
      "UPDATE pg_constraint SET conislocal = true WHERE conname = 'titled' AND coninhcount > 0", "constraint",
      "public.payments_receipt.titled", "local"),
)
FOREIGN_KEYS: Final = (
    made_anew("on delete cascade to no action", ORDER, "payments_order_merchant_fk", merchant_key(""), "on_delete"),
    made_anew("on delete restrict", ORDER, "payments_order_merchant_fk", merchant_key("ON DELETE RESTRICT"), "on_delete"),
    made_anew("on delete set default", ORDER, "payments_order_merchant_fk", merchant_key("ON DELETE SET DEFAULT"),
              "on_delete"),
    made_anew("on delete set null", NOTE, "payments_link_note_fk", f"{NOTE_KEY} ON DELETE SET NULL", "on_delete"),
    made_anew("on update cascade", NOTE, "payments_link_note_fk", f"{NOTE_KEY} ON UPDATE CASCADE", "on_update"),
    made_anew("on update restrict", NOTE, "payments_link_note_fk", f"{NOTE_KEY} ON UPDATE RESTRICT", "on_update"),
    made_anew("columns that are set null", "public.since_15", "since_15_fk",
              "FOREIGN KEY (id, a) REFERENCES public.payments_link (left_id, right_id) ON DELETE SET NULL",
              "on_delete_columns", since=15),
    made_anew("match full", NOTE, "payments_link_note_fk", f"{NOTE_KEY} MATCH FULL", "match"),
    altered("foreign key not deferrable", DEVICE, "payments_device_merchant_fk", "NOT DEFERRABLE", "deferrable"),
    altered("foreign key deferrable", NOTE, "payments_link_note_fk", "DEFERRABLE", "deferrable"),
    altered("foreign key initially immediate", DEVICE, "payments_device_merchant_fk", "DEFERRABLE INITIALLY IMMEDIATE",
            "initially_deferred"),
    altered("foreign key initially deferred", ORDER, "payments_order_device_fk", "DEFERRABLE INITIALLY DEFERRED",
            "initially_deferred"),
    made_anew("foreign key not valid", NOTE, "payments_link_note_fk", f"{NOTE_KEY} NOT VALID", "valid"),
    altered("foreign key not enforced", NOTE, "payments_link_note_fk", "NOT ENFORCED", "enforced", since=18),
    made_anew("target of a foreign key", NOTE, "payments_link_note_fk",
              "FOREIGN KEY (a, b) REFERENCES public.elsewhere (left_id, right_id)", "target",
              given="CREATE TABLE public.elsewhere (left_id integer, right_id integer, PRIMARY KEY (left_id, right_id))"),
    made_anew("target in another schema", NOTE, "payments_link_note_fk",
              "FOREIGN KEY (a, b) REFERENCES spare.payments_link (left_id, right_id)", "target",
              given="CREATE TABLE spare.payments_link (left_id integer, right_id integer, PRIMARY KEY (left_id, right_id))"),
    made_anew("target columns of a foreign key", NOTE, "payments_link_note_fk",
              "FOREIGN KEY (a, b) REFERENCES public.payments_link (right_id, third)", "target_columns"),
    made_anew("columns of a foreign key", NOTE, "payments_link_note_fk",
              "FOREIGN KEY (b, a) REFERENCES public.payments_link (left_id, right_id)", "columns"),
    M("foreign key without a period", "UPDATE pg_constraint SET conperiod = false WHERE conname = 'since_18_period_fk'",
      "constraint", f"{PART}.since_18_period_fk", "period", since=18),
    M("internal triggers of a foreign key disabled", f"ALTER TABLE {NOTE} DISABLE TRIGGER ALL", "constraint",
      f"{NOTE}.payments_link_note_fk", "triggers", pg_dump_blind=INTERNAL),
    M("action triggers of a foreign key always", f"UPDATE pg_trigger SET tgenabled = 'A' WHERE tgconstraint = (SELECT oid "
      f"FROM pg_constraint WHERE conname = 'payments_link_note_fk') AND tgrelid = '{LINK}'::regclass", "constraint",
      f"{NOTE}.payments_link_note_fk", "triggers",
      pg_dump_blind=INTERNAL),
)
KEYS: Final = (
    made_anew("order of columns in a primary key", "public.payments_pair", "payments_pair_pkey", "PRIMARY KEY (b, a)",
              "columns", given="CREATE TABLE public.payments_pair (a integer, b integer, PRIMARY KEY (a, b))"),
    made_anew("columns of a primary key", "public.payments_pair", "payments_pair_pkey", "PRIMARY KEY (a)", "columns",
              given="CREATE TABLE public.payments_pair (a integer NOT NULL, b integer NOT NULL, PRIMARY KEY (a, b))"),
    made_anew("order of columns in a unique constraint", LINK, "payments_link_pair", "UNIQUE (third, right_id)", "columns"),
    made_anew("unique nulls distinct", "public.since_15", "since_15_key", "UNIQUE (a)", "nulls_not_distinct", since=15),
    made_anew("unique deferrable", LINK, "payments_link_pair", "UNIQUE (right_id, third) DEFERRABLE", "deferrable"),
    made_anew("unique initially deferred", LINK, "payments_link_pair",
              "UNIQUE (right_id, third) DEFERRABLE INITIALLY DEFERRED", "initially_deferred",
              given=f"ALTER TABLE {LINK} DROP CONSTRAINT payments_link_pair, "
              "ADD CONSTRAINT payments_link_pair UNIQUE (right_id, third) DEFERRABLE"),
    made_anew("primary key deferrable", "public.payments_cache", "payments_cache_pkey", "PRIMARY KEY (key) DEFERRABLE",
              "deferrable"),
    made_anew("included column of a unique constraint", ORDER, "payments_order_number_key",
              "UNIQUE (number) INCLUDE (amount)", "include"),
    made_anew("no included column of a unique constraint", ORDER, "payments_order_number_key", "UNIQUE (number)",
              "include"),
    made_anew("included column of a primary key", "public.payments_cache", "payments_cache_pkey",
              "PRIMARY KEY (key) INCLUDE (value)", "include"),
    made_anew("fillfactor of a unique constraint", LINK, "payments_link_pair",
              "UNIQUE (right_id, third) WITH (fillfactor = 70)", "storage_parameters"),
    made_anew("tablespace of a unique constraint", LINK, "payments_link_pair",
              "UNIQUE (right_id, third) USING INDEX TABLESPACE mutation_space", "tablespace"),
    made_anew("key with overlaps", "public.periods", "periods_key", "UNIQUE (id, valid_at)", "period", since=18,
              given="CREATE TABLE public.periods (id int4range, valid_at daterange NOT NULL, "
              "CONSTRAINT periods_key UNIQUE (id, valid_at WITHOUT OVERLAPS))"),
)
EXCLUSIONS: Final = (
    made_anew("operator of an exclusion", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist (room WITH =, during WITH -|-) WHERE (NOT cancelled)", "operators"),
    made_anew("predicate of an exclusion", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (cancelled)", "predicate"),
    made_anew("no predicate of an exclusion", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist (room WITH =, during WITH &&)", "predicate"),
    made_anew("keys of an exclusion", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist (id WITH =, during WITH &&) WHERE (NOT cancelled)", "keys"),
    made_anew("expression in an exclusion", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist ((room + 1) WITH =, during WITH &&) WHERE (NOT cancelled)", "keys"),
    made_anew("method of an exclusion", "public.strange", "strange_excluded", "EXCLUDE USING hash (wide WITH =)", "method",
              given="ALTER TABLE public.strange ADD CONSTRAINT strange_excluded EXCLUDE USING btree (wide WITH =)"),
    made_anew("operator class of an exclusion", DEVICE, "device_excluded", "EXCLUDE USING gist (address inet_ops WITH =)",
              "operator_classes", given=f"ALTER TABLE {DEVICE} ADD CONSTRAINT device_excluded "
              "EXCLUDE USING gist (address extensions.gist_inet_ops WITH =)"),
    made_anew("exclusion deferrable", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT cancelled) DEFERRABLE", "deferrable"),
    made_anew("included column of an exclusion", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist (room WITH =, during WITH &&) INCLUDE (cancelled) WHERE (NOT cancelled)", "include"),
)
MUTATIONS: Final = (*WHOLE, *CHECKS, *FOREIGN_KEYS, *KEYS, *EXCLUSIONS)
