"""Changes that PostgreSQL carries on to dependent objects: one cause is one difference."""

# ruff: noqa: E501, N817 - a table: one case, as few lines as it takes
# fmt: off

from typing import Final

from verification.tests.schema.mutations.cases import Mutation as M

WATCH: Final = "CREATE FUNCTION payments.glance() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'"
HALL: Final = (
    "CREATE TABLE payments.hall (a integer, b integer CONSTRAINT hall_positive CHECK (b > 0)) PARTITION BY RANGE (a);"
    " CREATE TABLE payments.hall_1 PARTITION OF payments.hall FOR VALUES FROM (0) TO (10);"
    f" {WATCH}; CREATE TRIGGER watched BEFORE INSERT ON payments.hall FOR EACH ROW EXECUTE FUNCTION payments.glance()"
)
STALL: Final = (
    "CREATE TABLE payments.stall (a integer NOT NULL, b integer); CREATE VIEW payments.open_stall AS SELECT a, b FROM payments.stall;"
    " CREATE RULE opened AS ON INSERT TO payments.open_stall DO INSTEAD INSERT INTO payments.stall (a, b) VALUES (new.a, new.b);"
    " CREATE TABLE payments.visit (stall integer);"
    " CREATE POLICY visited ON payments.stall USING (EXISTS (SELECT FROM payments.visit v WHERE v.stall = stall.a))"
)
MARKED: Final = (
    "CREATE TABLE payments.stall (a integer NOT NULL, b integer); CREATE UNIQUE INDEX stall_a ON payments.stall (a);"
    " CREATE INDEX stall_b ON payments.stall (b); ALTER TABLE payments.stall REPLICA IDENTITY USING INDEX stall_a;"
    " ALTER TABLE payments.stall CLUSTER ON stall_b"
)
CLASS: Final = (
    "CREATE OPERATOR FAMILY payments.fam USING btree; CREATE OPERATOR CLASS payments.cls FOR TYPE integer USING btree FAMILY payments.fam"
    " AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);"
    " CREATE TABLE payments.stall (a integer); CREATE INDEX stall_a ON payments.stall (a payments.cls)"
)
STORE: Final = (
    "CREATE TABLE payments.stall (h extensions.hstore DEFAULT ''::extensions.hstore, a text);"
    " CREATE VIEW payments.stalls AS SELECT h OPERATOR(extensions.->) 'x' AS x FROM payments.stall;"
    " CREATE FUNCTION payments.same(extensions.hstore) RETURNS extensions.hstore LANGUAGE sql AS 'select $1';"
    " CREATE INDEX stall_h ON payments.stall USING gin (h extensions.gin_hstore_ops)"
)

CASES: Final = (
    M("one of two overloaded functions renamed", "ALTER FUNCTION payments.fee(numeric, numeric) RENAME TO charge",
      "function", "payments.fee(numeric,numeric)", "name", mirrored="payments.charge(numeric,numeric)",
      given="CREATE FUNCTION payments.fee(total text) RETURNS text LANGUAGE sql AS 'SELECT total'"),
    M("type renamed beside a dictionary of its name", "ALTER TYPE payments.words RENAME TO spelling", "type",
      "payments.words", "name", mirrored="payments.spelling",
      given="COMMENT ON TEXT SEARCH DICTIONARY payments.words IS 'x'; COMMENT ON TYPE payments.words IS 'y'"),
    M("dictionary renamed beside a type of its name",
      "ALTER TEXT SEARCH DICTIONARY payments.words RENAME TO spelling", "text_search_dictionary", "payments.words",
      "name", mirrored="payments.spelling",
      given="COMMENT ON TEXT SEARCH DICTIONARY payments.words IS 'x'; COMMENT ON TYPE payments.words IS 'y'"),
    M("view's column with a label renamed", "ALTER VIEW payments.labelled RENAME COLUMN price TO cost", "column",
      "payments.labelled.price", "name", mirrored="payments.labelled.cost",
      given="CREATE VIEW payments.labelled AS SELECT total AS price, total AS other FROM payments.orders; CREATE "
      "VIEW payments.above AS SELECT price FROM payments.labelled WHERE price > 1"),
    M("materialized view's column renamed", "ALTER MATERIALIZED VIEW payments.labelled RENAME COLUMN total TO cost",
      "column", "payments.labelled.total", "name", mirrored="payments.labelled.cost",
      given="CREATE MATERIALIZED VIEW payments.labelled AS SELECT o.total FROM payments.orders o WHERE o.total > 1"),
    M("column of a partitioned table renamed", "ALTER TABLE payments.hall RENAME b TO bb", "column",
      "payments.hall.b", "name", mirrored="payments.hall.bb", given=HALL),
    M("column of an inherited table renamed", "ALTER TABLE payments.estate RENAME a TO aa", "column",
      "payments.estate.a", "name", mirrored="payments.estate.aa",
      given="CREATE TABLE payments.estate (a integer); CREATE TABLE payments.heir () INHERITS (payments.estate)"),
    M("column renamed that a rule writes under its view's name", "ALTER TABLE payments.stall RENAME b TO bb",
      "column", "payments.stall.b", "name", mirrored="payments.stall.bb", given=STALL),
    M("view's column renamed that a rule reads", "ALTER VIEW payments.open_stall RENAME COLUMN a TO aa", "column",
      "payments.open_stall.a", "name", mirrored="payments.open_stall.aa", given=STALL),
    M("column renamed that another table's policy asks", "ALTER TABLE payments.visit RENAME stall TO booth", "column",
      "payments.visit.stall", "name", mirrored="payments.visit.booth", given=STALL),
    M("column dropped with its grant", "ALTER TABLE payments.device DROP COLUMN model", "column",
      "payments.device.model", change="removed", given="GRANT SELECT (model) ON payments.device TO pg_monitor"),
    M("column dropped with the index that its table is clustered by", "ALTER TABLE payments.stall DROP COLUMN b",
      "column", "payments.stall.b", change="removed", given=MARKED),
    M("function depends on an extension", "ALTER FUNCTION payments.glance DEPENDS ON EXTENSION pg_trgm", "function",
      "payments.glance()", "depends_on_extensions", given=WATCH),
    M("trigger depends on an extension", "ALTER TRIGGER watched ON payments.hall DEPENDS ON EXTENSION pg_trgm",
      "trigger", "payments.hall.watched", "depends_on_extensions", given=HALL),
    M("index depends on an extension", "ALTER INDEX payments.orders_status_idx DEPENDS ON EXTENSION pg_trgm", "index",
      "payments.orders.orders_status_idx", "depends_on_extensions"),
    M("extension dropped with what depends on it", "DROP EXTENSION citext", "extension", "citext", change="removed",
      given=f"CREATE EXTENSION citext SCHEMA extensions; {WATCH}; ALTER FUNCTION payments.glance DEPENDS ON "
      f"EXTENSION citext"),
    M("extension moved with all that names its members", "ALTER EXTENSION hstore SET SCHEMA audit", "extension",
      "hstore", "schema", given=STORE),
    M("inheritance of columns and constraints that are there", "ALTER TABLE payments.heir INHERIT payments.estate",
      "table", "payments.heir", "inherits", given="CREATE TABLE payments.estate (a integer NOT NULL CHECK (a > "
      "0)); CREATE TABLE payments.heir (a integer NOT NULL, CONSTRAINT estate_a_check CHECK (a > 0))"),
    M("partition's index attached, which makes the whole one valid",
      "ALTER INDEX payments.hall_b ATTACH PARTITION payments.hall_1_b", "index", "payments.hall_1.hall_1_b",
      "partition_of",
      given=f"{HALL}; CREATE INDEX hall_b ON ONLY payments.hall (b); CREATE INDEX hall_1_b ON payments.hall_1 (b)"),
    M("constraint of a partitioned table renamed",
      "ALTER TABLE payments.hall RENAME CONSTRAINT hall_positive TO hall_sign", "constraint",
      "payments.hall.hall_positive", "name", mirrored="payments.hall.hall_sign", given=HALL),
    M("trigger of a partitioned table renamed", "ALTER TRIGGER watched ON payments.hall RENAME TO seen", "trigger",
      "payments.hall.watched", "name", since=15, mirrored="payments.hall.seen", given=HALL),
    M("publication of one table, then of all", "DROP PUBLICATION chosen; CREATE PUBLICATION chosen FOR ALL TABLES",
      "publication", "chosen", "all_tables", given="CREATE PUBLICATION chosen FOR TABLE payments.counter"),
    M("operator family renamed under its class", "ALTER OPERATOR FAMILY payments.fam USING btree RENAME TO family",
      "operator_family", "payments.fam using btree", "name", mirrored="payments.family using btree", given=CLASS),
    M("operator class renamed under an index", "ALTER OPERATOR CLASS payments.cls USING btree RENAME TO class",
      "operator_class", "payments.cls using btree", "name", mirrored="payments.class using btree", given=CLASS),
    M("index dropped that its table is clustered by", "DROP INDEX payments.stall_b", "index",
      "payments.stall.stall_b", change="removed", given=MARKED),
    M("index dropped that is the replica identity", "DROP INDEX payments.stall_a", "index", "payments.stall.stall_a",
      change="removed", given=MARKED),
    M("table renamed whose policy asks another", "ALTER TABLE payments.stall RENAME TO booth", "table",
      "payments.stall", "name", mirrored="payments.booth", given=STALL),
    M("table renamed that a function with an SQL body reads", "ALTER TABLE payments.visit RENAME TO call", "table",
      "payments.visit", "name", mirrored="payments.call", given=f"{STALL}; CREATE FUNCTION payments.visits() "
      f"RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(stall) FROM payments.visit; END"),
    M("schema public renamed", "ALTER SCHEMA public RENAME TO common", "schema", "public", "name", mirrored="common",
      given="CREATE TABLE public.note (a integer); GRANT CREATE ON SCHEMA public TO pg_monitor"),
)
