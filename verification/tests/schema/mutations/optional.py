"""Differences that an option allows, each option by itself."""

# ruff: noqa: N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.schema.comparison.options import Options
from verification.tests.schema.mutations.cases import Allowed as A

CASES: Final = (
    A("primary key named otherwise", "ALTER TABLE payments.orders RENAME CONSTRAINT orders_pkey TO purchase_pkey",
      Options(generated_names=True)),
    A("unique constraint named otherwise",
      "ALTER TABLE payments.orders RENAME CONSTRAINT orders_reference_key TO orders_reference_1a2b3c4d_uniq",
      Options(generated_names=True)),
    A("foreign key named otherwise", "ALTER TABLE payments.orders RENAME CONSTRAINT orders_merchant_fk TO "
      "orders_merchant_id_1a2b3c4d_fk_merchant_id", Options(generated_names=True)),
    A("check named otherwise",
      "ALTER TABLE payments.orders RENAME CONSTRAINT orders_total_check TO orders_total_check1",
      Options(generated_names=True)),
    A("index named otherwise", "ALTER INDEX payments.orders_email_idx RENAME TO orders_email_1a2b3c4d_like",
      Options(generated_names=True)),
    A("sequence of a serial named otherwise", "ALTER SEQUENCE payments.device_id_seq RENAME TO gadget_id_seq",
      Options(generated_names=True)),
    A("sequence of an identity named otherwise", "ALTER SEQUENCE payments.merchant_id_seq RENAME TO shop_id_seq",
      Options(generated_names=True)),
    A("not null named otherwise",
      "ALTER TABLE payments.merchant RENAME CONSTRAINT merchant_name_not_null TO shop_name_not_null",
      Options(generated_names=True), since=18),
    A("IN list in another order", "ALTER TABLE payments.orders DROP CONSTRAINT orders_state_check; ALTER TABLE "
      "payments.orders ADD CONSTRAINT orders_state_check CHECK (state IN ('done', 'open'))",
      Options(list_order=True)),
    A("white space in a body", "CREATE OR REPLACE FUNCTION payments.fee(total numeric, rate numeric DEFAULT 0.02) "
      "RETURNS numeric LANGUAGE plpgsql AS E'BEGIN\\n    RETURN total * rate;\\nEND'", Options(body_whitespace=True)),
    A("unique index instead of the constraint", "ALTER TABLE payments.orders DROP CONSTRAINT orders_reference_key; "
      "CREATE UNIQUE INDEX orders_reference_key ON payments.orders (reference)",
      Options(unique_index_as_constraint=True)),
    A("unique constraint instead of the index", "DROP INDEX payments.orders_identity_idx; ALTER TABLE "
      "payments.orders ADD CONSTRAINT orders_identity_idx UNIQUE (merchant_id, id)",
      Options(unique_index_as_constraint=True)),
    A("IN list after dump and restore", "ALTER TABLE payments.orders DROP CONSTRAINT orders_state_check; ALTER "
      "TABLE payments.orders ADD CONSTRAINT orders_state_check CHECK (state::text = ANY "
      "(ARRAY['open'::varchar::text, 'done'::varchar::text]))", Options(deparse_spelling=True)),
    A("comments ignored", "COMMENT ON TABLE payments.orders IS 'x'", Options(ignore=frozenset({"comment"}))),
    A("owners ignored", "ALTER TABLE payments.orders OWNER TO pg_monitor", Options(ignore=frozenset({"owner"}))),
    A("grants ignored", "GRANT SELECT ON payments.orders TO pg_monitor", Options(ignore=frozenset({"grant"}))),
)
