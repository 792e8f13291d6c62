"""Constraints of tables."""

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
    """Return a constraint that was dropped and made again with another definition."""
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
    M("check renamed", "ALTER TABLE payments.orders RENAME CONSTRAINT orders_total_check TO orders_positive",
      "constraint", "payments.orders.orders_total_check", "name", mirrored="payments.orders.orders_positive"),
    M("foreign key renamed", "ALTER TABLE payments.orders RENAME CONSTRAINT orders_merchant_fk TO orders_merchant",
      "constraint", "payments.orders.orders_merchant_fk", "name", mirrored="payments.orders.orders_merchant"),
    M("primary key renamed", "ALTER TABLE payments.order_line RENAME CONSTRAINT order_line_pk TO order_line_pkey",
      "constraint", "payments.order_line.order_line_pk", "name", mirrored="payments.order_line.order_line_pkey"),
    M("a unique constraint turned into a unique index",
      f"ALTER TABLE {MERCHANT} DROP CONSTRAINT payments_merchant_inn_key;"
      f"CREATE UNIQUE INDEX payments_merchant_inn_key ON {MERCHANT} (inn);"
      "COMMENT ON INDEX public.payments_merchant_inn_key IS 'x'; COMMENT ON INDEX public.payments_merchant_inn_key IS NULL",
      "constraint", f"{MERCHANT}.payments_merchant_inn_key", "kind",
      given=f"COMMENT ON CONSTRAINT payments_merchant_inn_key ON {MERCHANT} IS NULL"),
    M("one kind of constraint to another", f"ALTER TABLE {LINK} DROP CONSTRAINT payments_link_pair, "
      "ADD CONSTRAINT payments_link_pair CHECK (right_id > third)", "constraint", f"{LINK}.payments_link_pair", "kind"),
    M("primary key turned into unique",
      "ALTER TABLE payments.shipment DROP CONSTRAINT shipment_pkey, ADD CONSTRAINT shipment_pkey UNIQUE (id)",
      "constraint", "payments.shipment.shipment_pkey", "kind"),
    M("unique turned into a unique index", "ALTER TABLE payments.orders DROP CONSTRAINT orders_reference_key; "
      "CREATE UNIQUE INDEX orders_reference_key ON payments.orders (reference)", "constraint",
      "payments.orders.orders_reference_key", "kind"),
    M("add a check to an inheritance parent", "ALTER TABLE public.payments_document ADD CONSTRAINT numbered CHECK (id > 0)",
      "constraint", "public.payments_document.numbered", change="added"),
    M("add a check to one partition", "ALTER TABLE public.payments_payment_2025 ADD CONSTRAINT paid CHECK (amount > 0)",
      "constraint", "public.payments_payment_2025.paid", change="added"),
    M("primary key added to a column that may be null",
      "ALTER TABLE payments.untyped ADD CONSTRAINT untyped_pk PRIMARY KEY (id)", "constraint",
      "payments.untyped.untyped_pk", change="added"),
    M("check added", "ALTER TABLE payments.orders ADD CONSTRAINT orders_more CHECK (total < 1000)", "constraint",
      "payments.orders.orders_more", change="added"),
    M("check of a partitioned table", "ALTER TABLE payments.ledger ADD CONSTRAINT ledger_more CHECK (amount < 10)",
      "constraint", "payments.ledger.ledger_more", change="added"),
    M("check of one partition", "ALTER TABLE payments.ledger_2024 ADD CONSTRAINT ledger_less CHECK (amount < 10)",
      "constraint", "payments.ledger_2024.ledger_less", change="added"),
    M("primary key added", "ALTER TABLE payments.counter ADD PRIMARY KEY (id)", "constraint",
      "payments.counter.counter_pkey", change="added"),
    M("unique without overlaps",
      "ALTER TABLE payments.booking ADD CONSTRAINT booking_key UNIQUE (room, during WITHOUT OVERLAPS)", "constraint",
      "payments.booking.booking_key", change="added", since=18),
    M("exclusion method", "ALTER TABLE payments.booking ADD CONSTRAINT booking_one EXCLUDE USING btree (room WITH =)",
      "constraint", "payments.booking.booking_one", change="added"),
)
CHECKS: Final = (
    made_anew("another expression of a check", ORDER, "payments_order_amount_check", "CHECK (amount >= 0)", "expression"),
    made_anew("another constant in an expression", MERCHANT, "payments_merchant_commission_check",
              "CHECK (commission >= 0 AND commission <= 99)", "expression"),
    made_anew("a value more in an IN list", ORDER, "payments_order_status_check",
              "CHECK (status IN ('created', 'pending', 'paid', 'failed', 'expired', 'refunded'))", "expression"),
    made_anew("order in an IN list", DEVICE, "payments_device_kind_check", "CHECK (kind IN (3, 2, 1))", "expression"),
    made_anew("check on no column", "public.strange", "strange_constant", "CHECK (2 = 2)", "expression"),
    M("check expression", "ALTER TABLE payments.orders DROP CONSTRAINT orders_total_check, ADD CONSTRAINT "
      "orders_total_check CHECK (total >= 0)", "constraint", "payments.orders.orders_total_check", "expression"),
    M("check IN list", "ALTER TABLE payments.orders DROP CONSTRAINT orders_state_check, ADD CONSTRAINT "
      "orders_state_check CHECK (state IN ('open', 'done', 'gone'))", "constraint",
      "payments.orders.orders_state_check", "expression"),
    made_anew("check not valid", ORDER, "payments_order_amount_check", "CHECK (amount > 0) NOT VALID", "valid"),
    made_anew("check not inherited", ORDER, "payments_order_amount_check", "CHECK (amount > 0) NO INHERIT", "no_inherit"),
    made_anew("check enforced", PERIOD, "since_18_check", "CHECK (a > 0)", "enforced", since=18),
    M("check not enforced", "ALTER TABLE payments.orders DROP CONSTRAINT orders_total_check, ADD CONSTRAINT "
      "orders_total_check CHECK (total > 0) NOT ENFORCED", "constraint", "payments.orders.orders_total_check",
      "enforced", since=18),
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
    M("foreign key set null of some columns", "ALTER TABLE payments.shipment DROP CONSTRAINT shipment_line_fk, ADD "
      "CONSTRAINT shipment_line_fk FOREIGN KEY (order_id, line) REFERENCES payments.order_line ON DELETE SET NULL "
      "(line);", "constraint", "payments.shipment.shipment_line_fk", "on_delete", since=15),
    made_anew("on update cascade", NOTE, "payments_link_note_fk", f"{NOTE_KEY} ON UPDATE CASCADE", "on_update"),
    made_anew("on update restrict", NOTE, "payments_link_note_fk", f"{NOTE_KEY} ON UPDATE RESTRICT", "on_update"),
    M("foreign key on update", "ALTER TABLE payments.orders DROP CONSTRAINT orders_merchant_fk, ADD CONSTRAINT "
      "orders_merchant_fk FOREIGN KEY (merchant_id) REFERENCES payments.merchant (id) ON UPDATE CASCADE ON DELETE "
      "CASCADE", "constraint", "payments.orders.orders_merchant_fk", "on_update"),
    M("foreign key on update set default", "ALTER TABLE payments.orders DROP CONSTRAINT orders_merchant_fk, ADD "
      "CONSTRAINT orders_merchant_fk FOREIGN KEY (merchant_id) REFERENCES payments.merchant (id) ON UPDATE SET "
      "DEFAULT ON DELETE CASCADE", "constraint", "payments.orders.orders_merchant_fk", "on_update"),
    made_anew("columns that are set null", "public.since_15", "since_15_fk",
              "FOREIGN KEY (id, a) REFERENCES public.payments_link (left_id, right_id) ON DELETE SET NULL",
              "on_delete_columns", since=15),
    M("foreign key set null columns", "ALTER TABLE payments.parcel DROP CONSTRAINT parcel_line_fk, ADD CONSTRAINT "
      "parcel_line_fk FOREIGN KEY (order_id, line) REFERENCES payments.pallet (order_id, line) ON DELETE SET NULL "
      "(line)", "constraint", "payments.parcel.parcel_line_fk", "on_delete_columns", since=15),
    made_anew("match full", NOTE, "payments_link_note_fk", f"{NOTE_KEY} MATCH FULL", "match"),
    M("foreign key match full", "ALTER TABLE payments.orders DROP CONSTRAINT orders_merchant_fk, ADD CONSTRAINT "
      "orders_merchant_fk FOREIGN KEY (merchant_id) REFERENCES payments.merchant (id) MATCH FULL ON DELETE CASCADE",
      "constraint", "payments.orders.orders_merchant_fk", "match"),
    altered("foreign key not deferrable", DEVICE, "payments_device_merchant_fk", "NOT DEFERRABLE", "deferrable"),
    altered("foreign key deferrable", NOTE, "payments_link_note_fk", "DEFERRABLE", "deferrable"),
    altered("foreign key initially immediate", DEVICE, "payments_device_merchant_fk", "DEFERRABLE INITIALLY IMMEDIATE",
            "initially_deferred"),
    altered("foreign key initially deferred", ORDER, "payments_order_device_fk", "DEFERRABLE INITIALLY DEFERRED",
            "initially_deferred"),
    made_anew("foreign key not valid", NOTE, "payments_link_note_fk", f"{NOTE_KEY} NOT VALID", "valid"),
    altered("foreign key not enforced", NOTE, "payments_link_note_fk", "NOT ENFORCED", "enforced", since=18),
    M("foreign key made again, not enforced", "ALTER TABLE payments.orders DROP CONSTRAINT orders_merchant_fk, ADD "
      "CONSTRAINT orders_merchant_fk FOREIGN KEY (merchant_id) REFERENCES payments.merchant (id) ON DELETE CASCADE "
      "NOT ENFORCED", "constraint", "payments.orders.orders_merchant_fk", "enforced", since=18),
    made_anew("target of a foreign key", NOTE, "payments_link_note_fk",
              "FOREIGN KEY (a, b) REFERENCES public.elsewhere (left_id, right_id)", "target",
              given="CREATE TABLE public.elsewhere (left_id integer, right_id integer, PRIMARY KEY (left_id, right_id))"),
    made_anew("target in another schema", NOTE, "payments_link_note_fk",
              "FOREIGN KEY (a, b) REFERENCES spare.payments_link (left_id, right_id)", "target",
              given="CREATE TABLE spare.payments_link (left_id integer, right_id integer, PRIMARY KEY (left_id, right_id))"),
    M("foreign key target table", "ALTER TABLE payments.orders DROP CONSTRAINT orders_device_fk, ADD CONSTRAINT "
      "orders_device_fk FOREIGN KEY (device_id) REFERENCES payments.shipment (id) ON DELETE SET NULL", "constraint",
      "payments.orders.orders_device_fk", "target"),
    made_anew("target columns of a foreign key", NOTE, "payments_link_note_fk",
              "FOREIGN KEY (a, b) REFERENCES public.payments_link (right_id, third)", "target_columns"),
    M("foreign key target columns", "ALTER TABLE payments.shipment DROP CONSTRAINT shipment_line_fk, ADD "
      "CONSTRAINT shipment_line_fk FOREIGN KEY (order_id, line) REFERENCES payments.order_line (line, order_id)",
      "constraint", "payments.shipment.shipment_line_fk", "target_columns"),
    made_anew("columns of a foreign key", NOTE, "payments_link_note_fk",
              "FOREIGN KEY (b, a) REFERENCES public.payments_link (left_id, right_id)", "columns"),
    M("foreign key columns", "ALTER TABLE payments.shipment DROP CONSTRAINT shipment_line_fk, ADD CONSTRAINT "
      "shipment_line_fk FOREIGN KEY (line, id) REFERENCES payments.order_line (order_id, line)", "constraint",
      "payments.shipment.shipment_line_fk", "columns", since=14),
    M("primary key column order", "ALTER TABLE payments.shipment DROP CONSTRAINT shipment_line_fk; ALTER TABLE "
      "payments.order_line DROP CONSTRAINT order_line_pk, ADD CONSTRAINT order_line_pk PRIMARY KEY (line, "
      "order_id); ALTER TABLE payments.shipment ADD CONSTRAINT shipment_line_fk FOREIGN KEY (order_id, line) "
      "REFERENCES payments.order_line (order_id, line)", "constraint", "payments.order_line.order_line_pk",
      "columns"),
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
    M("unique column order", "ALTER TABLE payments.device DROP CONSTRAINT device_serial_key, ADD CONSTRAINT "
      "device_serial_key UNIQUE (merchant_id, serial_number)", "constraint", "payments.device.device_serial_key",
      "columns"),
    M("unique column added", "ALTER TABLE payments.orders DROP CONSTRAINT orders_reference_key, ADD CONSTRAINT "
      "orders_reference_key UNIQUE (reference, id)", "constraint", "payments.orders.orders_reference_key", "columns"),
    made_anew("unique nulls distinct", "public.since_15", "since_15_key", "UNIQUE (a)", "nulls_not_distinct", since=15),
    M("unique nulls not distinct", "ALTER TABLE payments.orders DROP CONSTRAINT orders_reference_key, ADD "
      "CONSTRAINT orders_reference_key UNIQUE NULLS NOT DISTINCT (reference)", "constraint",
      "payments.orders.orders_reference_key", "nulls_not_distinct", since=15),
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
    M("primary key included column", "ALTER TABLE payments.shipment DROP CONSTRAINT shipment_pkey, ADD CONSTRAINT "
      "shipment_pkey PRIMARY KEY (id) INCLUDE (line)", "constraint", "payments.shipment.shipment_pkey", "include"),
    M("unique included column", "ALTER TABLE payments.orders DROP CONSTRAINT orders_reference_key, ADD CONSTRAINT "
      "orders_reference_key UNIQUE (reference) INCLUDE (total)", "constraint", "payments.orders.orders_reference_key",
      "include"),
    made_anew("fillfactor of a unique constraint", LINK, "payments_link_pair",
              "UNIQUE (right_id, third) WITH (fillfactor = 70)", "storage_parameters"),
    M("primary key fillfactor", "ALTER INDEX payments.shipment_pkey SET (fillfactor = 80)", "constraint",
      "payments.shipment.shipment_pkey", "storage_parameters"),
    made_anew("tablespace of a unique constraint", LINK, "payments_link_pair",
              "UNIQUE (right_id, third) USING INDEX TABLESPACE mutation_space", "tablespace"),
    made_anew("key with overlaps", "public.periods", "periods_key", "UNIQUE (id, valid_at)", "period", since=18,
              given="CREATE TABLE public.periods (id int4range, valid_at daterange NOT NULL, "
              "CONSTRAINT periods_key UNIQUE (id, valid_at WITHOUT OVERLAPS))"),
)
EXCLUSIONS: Final = (
    made_anew("operator of an exclusion", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist (room WITH =, during WITH -|-) WHERE (NOT cancelled)", "operators"),
    M("exclusion operator", "ALTER TABLE payments.booking DROP CONSTRAINT booking_overlap, ADD CONSTRAINT "
      "booking_overlap EXCLUDE USING gist (room WITH -|-, during WITH &&) WHERE (NOT cancelled)", "constraint",
      "payments.booking.booking_overlap", "operators"),
    made_anew("predicate of an exclusion", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (cancelled)", "predicate"),
    made_anew("no predicate of an exclusion", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist (room WITH =, during WITH &&)", "predicate"),
    M("exclusion predicate", "ALTER TABLE payments.booking DROP CONSTRAINT booking_overlap, ADD CONSTRAINT "
      "booking_overlap EXCLUDE USING gist (room WITH &&, during WITH &&) WHERE (cancelled)", "constraint",
      "payments.booking.booking_overlap", "predicate"),
    M("exclusion predicate dropped", "ALTER TABLE payments.booking DROP CONSTRAINT booking_overlap, ADD CONSTRAINT "
      "booking_overlap EXCLUDE USING gist (room WITH &&, during WITH &&)", "constraint",
      "payments.booking.booking_overlap", "predicate"),
    made_anew("keys of an exclusion", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist (id WITH =, during WITH &&) WHERE (NOT cancelled)", "keys"),
    made_anew("expression in an exclusion", BOOKING, "payments_booking_overlap",
              "EXCLUDE USING gist ((room + 1) WITH =, during WITH &&) WHERE (NOT cancelled)", "keys"),
    M("exclusion key", "ALTER TABLE payments.booking DROP CONSTRAINT booking_overlap, ADD CONSTRAINT "
      "booking_overlap EXCLUDE USING gist (during WITH &&, room WITH &&) WHERE (NOT cancelled)", "constraint",
      "payments.booking.booking_overlap", "keys"),
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
CASES: Final = (*WHOLE, *CHECKS, *FOREIGN_KEYS, *KEYS, *EXCLUSIONS)
