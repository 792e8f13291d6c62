"""Changes that PostgreSQL carries on to other objects: one cause is one difference, however far it goes."""

# ruff: noqa: E501 - statements of SQL, each in one piece

from typing import Final

from verification.tests.schema.mutations.cases import Mutation

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
    Mutation(
        "function depends on an extension",
        "ALTER FUNCTION payments.glance DEPENDS ON EXTENSION pg_trgm",
        "function",
        "payments.glance()",
        "depends_on_extensions",
        given=WATCH,
    ),
    Mutation(
        "trigger depends on an extension",
        "ALTER TRIGGER watched ON payments.hall DEPENDS ON EXTENSION pg_trgm",
        "trigger",
        "payments.hall.watched",
        "depends_on_extensions",
        given=HALL,
    ),
    Mutation(
        "index depends on an extension",
        "ALTER INDEX payments.orders_status_idx DEPENDS ON EXTENSION pg_trgm",
        "index",
        "payments.orders.orders_status_idx",
        "depends_on_extensions",
    ),
    Mutation(
        "extension dropped with what depends on it",
        "DROP EXTENSION citext",
        "extension",
        "citext",
        given=f"CREATE EXTENSION citext SCHEMA extensions; {WATCH}; ALTER FUNCTION payments.glance DEPENDS ON EXTENSION citext",
        change="removed",
    ),
    Mutation(
        "extension moved with all that names its members",
        "ALTER EXTENSION hstore SET SCHEMA audit",
        "extension",
        "hstore",
        "schema",
        given=STORE,
    ),
    Mutation(
        "inheritance of columns and constraints that are there",
        "ALTER TABLE payments.heir INHERIT payments.estate",
        "table",
        "payments.heir",
        "inherits",
        given="CREATE TABLE payments.estate (a integer NOT NULL CHECK (a > 0)); CREATE TABLE payments.heir (a integer NOT NULL, CONSTRAINT estate_a_check CHECK (a > 0))",
    ),
    Mutation(
        "partition's index attached, which makes the whole one valid",
        "ALTER INDEX payments.hall_b ATTACH PARTITION payments.hall_1_b",
        "index",
        "payments.hall_1.hall_1_b",
        "partition_of",
        given=f"{HALL}; CREATE INDEX hall_b ON ONLY payments.hall (b); CREATE INDEX hall_1_b ON payments.hall_1 (b)",
    ),
    Mutation(
        "column of a partitioned table renamed",
        "ALTER TABLE payments.hall RENAME b TO bb",
        "column",
        "payments.hall.b",
        "name",
        given=HALL,
        mirrored="payments.hall.bb",
    ),
    Mutation(
        "constraint of a partitioned table renamed",
        "ALTER TABLE payments.hall RENAME CONSTRAINT hall_positive TO hall_sign",
        "constraint",
        "payments.hall.hall_positive",
        "name",
        given=HALL,
        mirrored="payments.hall.hall_sign",
    ),
    Mutation(
        "trigger of a partitioned table renamed",
        "ALTER TRIGGER watched ON payments.hall RENAME TO seen",
        "trigger",
        "payments.hall.watched",
        "name",
        since=15,
        given=HALL,
        mirrored="payments.hall.seen",
    ),
    Mutation(
        "column of an inherited table renamed",
        "ALTER TABLE payments.estate RENAME a TO aa",
        "column",
        "payments.estate.a",
        "name",
        given="CREATE TABLE payments.estate (a integer); CREATE TABLE payments.heir () INHERITS (payments.estate)",
        mirrored="payments.estate.aa",
    ),
    Mutation(
        "publication of one table, then of all",
        "DROP PUBLICATION chosen; CREATE PUBLICATION chosen FOR ALL TABLES",
        "publication",
        "chosen",
        "all_tables",
        given="CREATE PUBLICATION chosen FOR TABLE payments.counter",
    ),
    Mutation(
        "operator family renamed under its class",
        "ALTER OPERATOR FAMILY payments.fam USING btree RENAME TO family",
        "operator_family",
        "payments.fam using btree",
        "name",
        given=CLASS,
        mirrored="payments.family using btree",
    ),
    Mutation(
        "operator class renamed under an index",
        "ALTER OPERATOR CLASS payments.cls USING btree RENAME TO class",
        "operator_class",
        "payments.cls using btree",
        "name",
        given=CLASS,
        mirrored="payments.class using btree",
    ),
    Mutation(
        "index dropped that its table is clustered by",
        "DROP INDEX payments.stall_b",
        "index",
        "payments.stall.stall_b",
        given=MARKED,
        change="removed",
    ),
    Mutation(
        "index dropped that is the replica identity",
        "DROP INDEX payments.stall_a",
        "index",
        "payments.stall.stall_a",
        given=MARKED,
        change="removed",
    ),
    Mutation(
        "column dropped with the index that its table is clustered by",
        "ALTER TABLE payments.stall DROP COLUMN b",
        "column",
        "payments.stall.b",
        given=MARKED,
        change="removed",
    ),
    Mutation(
        "column renamed that a rule writes under its view's name",
        "ALTER TABLE payments.stall RENAME b TO bb",
        "column",
        "payments.stall.b",
        "name",
        given=STALL,
        mirrored="payments.stall.bb",
    ),
    Mutation(
        "view's column renamed that a rule reads",
        "ALTER VIEW payments.open_stall RENAME COLUMN a TO aa",
        "column",
        "payments.open_stall.a",
        "name",
        given=STALL,
        mirrored="payments.open_stall.aa",
    ),
    Mutation(
        "table renamed whose policy asks another",
        "ALTER TABLE payments.stall RENAME TO booth",
        "table",
        "payments.stall",
        "name",
        given=STALL,
        mirrored="payments.booth",
    ),
    Mutation(
        "column renamed that another table's policy asks",
        "ALTER TABLE payments.visit RENAME stall TO booth",
        "column",
        "payments.visit.stall",
        "name",
        given=STALL,
        mirrored="payments.visit.booth",
    ),
    Mutation(
        "table renamed that a function with an SQL body reads",
        "ALTER TABLE payments.visit RENAME TO call",
        "table",
        "payments.visit",
        "name",
        given=f"{STALL}; CREATE FUNCTION payments.visits() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(stall) FROM payments.visit; END",
        mirrored="payments.call",
    ),
    Mutation(
        "schema public renamed",
        "ALTER SCHEMA public RENAME TO common",
        "schema",
        "public",
        "name",
        given="CREATE TABLE public.note (a integer); GRANT CREATE ON SCHEMA public TO pg_monitor",
        mirrored="common",
    ),
)
