"""Other ways to the same database: there is no difference."""

# ruff: noqa: N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import SECRET
from verification.tests.schema.mutations.cases import Harmless as H

CASES: Final = (
    H("nothing", "SELECT 1"),
    H("OIDs and order of creation", "DROP TABLE payments.booking; CREATE TABLE payments.booking (room int4range "
      "NOT NULL, during tstzrange NOT NULL, cancelled boolean NOT NULL DEFAULT false, CONSTRAINT booking_overlap "
      "EXCLUDE USING gist (room WITH &&, during WITH &&) WHERE (NOT cancelled))"),
    H("order of indexes", "DROP INDEX payments.orders_status_idx; CREATE INDEX orders_status_idx ON "
      "payments.orders (status, created DESC)"),
    H("hole of a dropped column",
      "ALTER TABLE payments.merchant ADD COLUMN gone text; ALTER TABLE payments.merchant DROP COLUMN gone"),
    H("hole before the columns of an index, a foreign key and a trigger",
      " DROP TABLE payments.shipment; CREATE TABLE payments.shipment (gone text, id integer PRIMARY KEY, order_id "
      "bigint, line integer, CONSTRAINT shipment_line_fk FOREIGN KEY (order_id, line) REFERENCES "
      "payments.order_line (order_id, line)); ALTER TABLE payments.shipment DROP COLUMN gone"),
    H("hole before a trigger's columns", "ALTER TABLE payments.orders ADD COLUMN spare text; CREATE TRIGGER x "
      "BEFORE UPDATE OF spare ON payments.orders EXECUTE FUNCTION payments.note(); ALTER TABLE payments.orders "
      "DROP COLUMN spare CASCADE"),
    H("a column dropped and made again",
      "ALTER TABLE payments.order_line DROP COLUMN shelf; ALTER TABLE payments.order_line ADD COLUMN shelf integer"),
    H("fast default", "ALTER TABLE payments.order_line DROP COLUMN shelf; ALTER TABLE payments.order_line ADD "
      "COLUMN shelf integer DEFAULT 7; ALTER TABLE payments.order_line ALTER COLUMN shelf DROP DEFAULT"),
    H("analyze and rows",
      "INSERT INTO payments.counter (n) SELECT generate_series(1, 100); ANALYZE payments.counter"),
    H("sequence value", "SELECT nextval('payments.receipt_number'), setval('payments.device_id_seq', 77)"),
    H("relhasindex", "CREATE INDEX gone ON payments.counter (n); DROP INDEX payments.gone"),
    H("relhastriggers", "CREATE TRIGGER gone BEFORE DELETE ON payments.counter EXECUTE FUNCTION payments.note(); "
      "DROP TRIGGER gone ON payments.counter"),
    H("relhasrules",
      "CREATE RULE gone AS ON DELETE TO payments.booking DO INSTEAD NOTHING; DROP RULE gone ON payments.booking"),
    H("relhassubclass", "CREATE TABLE payments.child () INHERITS (payments.counter); DROP TABLE payments.child"),
    H("file node", "TRUNCATE payments.booking; CLUSTER payments.orders USING orders_status_idx; ALTER TABLE "
      "payments.orders SET WITHOUT CLUSTER; REINDEX TABLE payments.merchant"),
    H("vacuum full", "VACUUM FULL payments.merchant", autocommit=True),
    H("serial made by hand", "ALTER TABLE payments.device ALTER COLUMN id DROP DEFAULT; DROP SEQUENCE "
      "payments.device_id_seq; CREATE SEQUENCE payments.device_id_seq AS integer; ALTER TABLE payments.device "
      "ALTER COLUMN id SET DEFAULT nextval('payments.device_id_seq'::regclass); ALTER SEQUENCE "
      "payments.device_id_seq OWNED BY payments.device.id"),
    H("type aliases", "DROP TABLE payments.order_line CASCADE; CREATE TABLE payments.order_line (order_id int8 NOT "
      "NULL, line int4 NOT NULL, product pg_catalog.text, shelf int, CONSTRAINT order_line_pk PRIMARY KEY "
      "(order_id, line)); ALTER TABLE payments.shipment ADD CONSTRAINT shipment_line_fk FOREIGN KEY (order_id, "
      "line) REFERENCES payments.order_line; CREATE CONSTRAINT TRIGGER balance AFTER INSERT ON payments.order_line "
      "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments.note()"),
    H("ascending and nulls last written out", "DROP INDEX payments.orders_open_idx; CREATE INDEX orders_open_idx "
      "ON payments.orders USING btree (created ASC NULLS LAST) WHERE status = 'new'"),
    H("descending and nulls first written out", "DROP INDEX payments.orders_status_idx; CREATE INDEX "
      "orders_status_idx ON payments.orders (status, created DESC NULLS FIRST)"),
    H("operator class and collation written out", "DROP INDEX payments.orders_email_idx; CREATE INDEX "
      'orders_email_idx ON payments.orders (lower(email) COLLATE "default" text_ops)'),
    H("enum's operator class written out", "DROP INDEX payments.orders_status_idx; CREATE INDEX orders_status_idx "
      "ON payments.orders (status enum_ops, created timestamptz_ops DESC)"),
    H("varchar's operator class written out",
      "CREATE INDEX one ON payments.merchant (name text_ops); DROP INDEX payments.one"),
    H("no action and match simple written out", "ALTER TABLE payments.shipment DROP CONSTRAINT shipment_line_fk; "
      "ALTER TABLE payments.shipment ADD CONSTRAINT shipment_line_fk FOREIGN KEY (order_id, line) REFERENCES "
      "payments.order_line (order_id, line) MATCH SIMPLE ON UPDATE NO ACTION ON DELETE NO ACTION NOT DEFERRABLE "
      "INITIALLY IMMEDIATE"),
    H("default null", "ALTER TABLE payments.merchant ALTER COLUMN note SET DEFAULT NULL"),
    H("default null of a new column", "ALTER TABLE payments.order_line DROP COLUMN shelf; ALTER TABLE "
      "payments.order_line ADD COLUMN shelf integer DEFAULT NULL::integer"),
    H("default null of varchar(n), char(n) and numeric(p, s)", "ALTER TABLE public.payments_device ALTER location "
      "DROP DEFAULT, ALTER location SET DEFAULT NULL, ALTER location SET DEFAULT '', ALTER serial SET DEFAULT NULL, "
      "ALTER firmware SET DEFAULT NULL; ALTER TABLE public.payments_order ALTER amount "
      "SET DEFAULT NULL::numeric(12, 2)"),
    H("default collation written out", 'ALTER TABLE payments.merchant ALTER COLUMN note TYPE text COLLATE "default"'),
    H("storage written out", "ALTER TABLE payments.merchant ALTER COLUMN note SET STORAGE EXTENDED"),
    H("statistics target written out", "ALTER TABLE payments.merchant ALTER COLUMN note SET STATISTICS -1"),
    H("owner's own grants", "GRANT ALL ON payments.device TO CURRENT_USER; GRANT ALL ON SCHEMA audit TO "
      "CURRENT_USER; GRANT EXECUTE ON FUNCTION payments.fee TO CURRENT_USER"),
    H("PUBLIC's usual grant written out",
      "GRANT EXECUTE ON FUNCTION payments.fee TO PUBLIC; GRANT USAGE ON TYPE payments.status TO PUBLIC"),
    H("order of grants", "REVOKE ALL ON payments.merchant FROM pg_monitor; GRANT INSERT ON payments.merchant TO "
      "pg_monitor; GRANT SELECT ON payments.merchant TO pg_monitor; REVOKE INSERT ON payments.merchant FROM "
      "pg_monitor"),
    H("grant given and taken", "GRANT SELECT ON payments.device TO pg_monitor; REVOKE SELECT ON payments.device "
      "FROM pg_monitor; GRANT SELECT (id) ON payments.device TO pg_monitor; REVOKE SELECT (id) ON payments.device "
      "FROM pg_monitor"),
    H("default privileges given and taken", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor; ALTER "
      "DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM pg_monitor"),
    H("comment set and removed", "COMMENT ON TABLE payments.orders IS 'x'; COMMENT ON TABLE payments.orders IS "
      "NULL; COMMENT ON COLUMN payments.orders.id IS 'x'; COMMENT ON COLUMN payments.orders.id IS ''"),
    H("index built concurrently", "DROP INDEX payments.orders_status_idx\nCREATE INDEX CONCURRENTLY "
      "orders_status_idx ON payments.orders (status, created DESC)\nREINDEX INDEX CONCURRENTLY "
      "payments.orders_open_idx", autocommit=True),
    H("check validated later", "ALTER TABLE payments.orders DROP CONSTRAINT orders_total_check; ALTER TABLE "
      "payments.orders ADD CONSTRAINT orders_total_check CHECK (total > 0) NOT VALID; ALTER TABLE payments.orders "
      "VALIDATE CONSTRAINT orders_total_check"),
    H("foreign key validated later", "ALTER TABLE payments.orders DROP CONSTRAINT orders_merchant_fk; ALTER TABLE "
      "payments.orders ADD CONSTRAINT orders_merchant_fk FOREIGN KEY (merchant_id) REFERENCES payments.merchant ON "
      "DELETE CASCADE NOT VALID; ALTER TABLE payments.orders VALIDATE CONSTRAINT orders_merchant_fk"),
    H("domain check validated later", "ALTER DOMAIN payments.amount DROP CONSTRAINT amount_positive; ALTER DOMAIN "
      "payments.amount ADD CONSTRAINT amount_positive CHECK (VALUE >= 0) NOT VALID; ALTER DOMAIN payments.amount "
      "VALIDATE CONSTRAINT amount_positive"),
    H("not null validated later", "ALTER TABLE payments.merchant ALTER COLUMN name DROP NOT NULL; ALTER TABLE "
      "payments.merchant ADD CONSTRAINT merchant_name_not_null NOT NULL name NOT VALID; ALTER TABLE "
      "payments.merchant VALIDATE CONSTRAINT merchant_name_not_null", since=18),
    H("not null set through a check", "ALTER TABLE payments.merchant ALTER COLUMN name DROP NOT NULL; ALTER TABLE "
      "payments.merchant ADD CONSTRAINT c CHECK (name IS NOT NULL) NOT VALID; ALTER TABLE payments.merchant "
      "VALIDATE CONSTRAINT c; ALTER TABLE payments.merchant ALTER COLUMN name SET NOT NULL; ALTER TABLE "
      "payments.merchant DROP CONSTRAINT c"),
    H("partition attached instead of created", "DROP TABLE payments.ledger_2025; CREATE TABLE payments.ledger_2025 "
      "(booked date NOT NULL, amount numeric NOT NULL, account text, CONSTRAINT ledger_amount_check CHECK (amount "
      "<> 0)); ALTER TABLE payments.ledger ATTACH PARTITION payments.ledger_2025 FOR VALUES FROM ('2025-01-01') TO "
      "('2026-01-01')"),
    H("partition's index attached", "DROP INDEX payments.ledger_account_idx; CREATE INDEX ledger_2024_account_idx "
      "ON payments.ledger_2024 (account); CREATE INDEX ledger_2025_account_idx ON payments.ledger_2025 (account); "
      "CREATE INDEX ledger_account_idx ON ONLY payments.ledger (account); ALTER INDEX payments.ledger_account_idx "
      "ATTACH PARTITION payments.ledger_2024_account_idx; ALTER INDEX payments.ledger_account_idx ATTACH PARTITION "
      "payments.ledger_2025_account_idx"),
    H("function replaced back", "CREATE OR REPLACE FUNCTION payments.doubled(n integer) RETURNS integer LANGUAGE "
      "sql VOLATILE AS 'SELECT 1'; CREATE OR REPLACE FUNCTION payments.doubled(n integer) RETURNS integer LANGUAGE "
      "sql IMMUTABLE AS 'SELECT n * 2'"),
    H("view replaced back", "CREATE OR REPLACE VIEW payments.open_orders AS SELECT id, total FROM payments.orders "
      "WHERE status = 'paid'; CREATE OR REPLACE VIEW payments.open_orders AS SELECT id, total FROM payments.orders "
      "WHERE status = 'new'"),
    H("storage parameter set and reset", "ALTER TABLE payments.merchant SET (fillfactor = 70); ALTER TABLE "
      "payments.merchant RESET (fillfactor); ALTER TABLE payments.merchant SET (toast.autovacuum_enabled = false); "
      "ALTER TABLE payments.merchant RESET (toast.autovacuum_enabled); ALTER TABLE payments.merchant ALTER note "
      "SET (n_distinct = 5); ALTER TABLE payments.merchant ALTER note RESET (n_distinct)"),
    H("renamed there and back", "ALTER TABLE payments.orders RENAME TO x; ALTER TABLE payments.x RENAME TO orders; "
      "ALTER TABLE payments.orders RENAME COLUMN total TO y; ALTER TABLE payments.orders RENAME COLUMN y TO total; "
      "ALTER INDEX payments.orders_pkey RENAME TO z; ALTER INDEX payments.z RENAME TO orders_pkey"),
    H("owner changed and back",
      "ALTER TABLE payments.booking OWNER TO pg_monitor; ALTER TABLE payments.booking OWNER TO CURRENT_USER"),
    H("trigger disabled and enabled",
      "ALTER TABLE payments.orders DISABLE TRIGGER ALL; ALTER TABLE payments.orders ENABLE TRIGGER ALL"),
    H("row security switched there and back", "ALTER TABLE payments.orders ENABLE ROW LEVEL SECURITY; ALTER TABLE "
      "payments.orders DISABLE ROW LEVEL SECURITY"),
    H("type changed and back", "ALTER TABLE payments.merchant ALTER COLUMN name TYPE text; ALTER TABLE "
      "payments.merchant ALTER COLUMN name TYPE varchar(100)"),
    H("replica identity default",
      "ALTER TABLE payments.merchant REPLICA IDENTITY FULL; ALTER TABLE payments.merchant REPLICA IDENTITY DEFAULT"),
    H("materialized view refreshed",
      "REFRESH MATERIALIZED VIEW payments.turnover WITH NO DATA; REFRESH MATERIALIZED VIEW payments.turnover"),
    H("order of statements in a publication", "ALTER PUBLICATION feed SET TABLE payments.orders, payments.merchant"),
    H("a policy made after another", "DROP POLICY device_own ON payments.device; CREATE POLICY device_own ON "
      "payments.device AS PERMISSIVE FOR SELECT TO pg_monitor USING (merchant_id > 0); COMMENT ON POLICY "
      "device_own ON payments.device IS 'one sees one''s own'"),
    H("session settings", "SET LOCAL search_path = payments; SET LOCAL DateStyle = 'SQL, DMY'; SET LOCAL "
      "quote_all_identifiers = on; SET LOCAL TimeZone = 'Asia/Tokyo'"),
    H("large object's content", "SELECT lo_put(4711, 0, 'abc')"),
    H("a subscription's secret", "ALTER SUBSCRIPTION inbox CONNECTION 'host=127.0.0.1 password=other'",
      pg_dump_alarm=SECRET),
    H("a user mapping's secret",
      "ALTER USER MAPPING FOR pg_monitor SERVER archive_server OPTIONS (SET password 'other')", pg_dump_alarm=SECRET),
)
