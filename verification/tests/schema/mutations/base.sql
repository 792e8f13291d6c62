-- One object of every class that schema-objects.md lists, around a schema of payments; PostgreSQL 14 to 18.
-- Roles are the predefined ones: nothing outside of the database is made.

CREATE SCHEMA payments;
CREATE SCHEMA audit;
COMMENT ON SCHEMA audit IS 'who did what';
CREATE SCHEMA extensions;
CREATE EXTENSION hstore SCHEMA extensions VERSION '1.7';
CREATE EXTENSION pg_trgm SCHEMA extensions;

-- types
CREATE TYPE payments.status AS ENUM ('new', 'paid', 'settled');
CREATE TYPE payments.address AS (street varchar(80), city text, zip char(5));
CREATE TYPE payments.typed_row AS (id integer, label text);
CREATE DOMAIN payments.amount AS numeric(12, 2) CONSTRAINT amount_positive CHECK (VALUE >= 0);
CREATE DOMAIN payments.iban AS varchar(34) DEFAULT 'none' NOT NULL;
CREATE TYPE payments.span AS RANGE (subtype = float8);
CREATE TYPE payments.words AS RANGE (subtype = text);
CREATE TYPE payments.shell;
CREATE COLLATION payments.plain (provider = libc, locale = 'C');

-- functions
CREATE FUNCTION payments.fee(total numeric, rate numeric DEFAULT 0.02) RETURNS numeric
    LANGUAGE plpgsql AS 'BEGIN RETURN total * rate; END';
CREATE FUNCTION payments.doubled(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
CREATE FUNCTION payments.tripled(n integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN n * 3;
CREATE FUNCTION payments.months(since date) RETURNS SETOF date LANGUAGE sql STABLE AS 'SELECT since';
CREATE FUNCTION payments.split(IN total numeric, OUT net numeric, OUT tax numeric)
    LANGUAGE sql AS 'SELECT total, total';
CREATE PROCEDURE payments.settle(day date) LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE FUNCTION payments.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION payments.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION payments.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE FUNCTION payments.watch_more() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE FUNCTION payments.same_amount(numeric, numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS 'SELECT $1 OPERATOR(pg_catalog.=) $2';
CREATE FUNCTION payments.span_distance(float8, float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE FUNCTION payments.as_text(payments.address) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ($1).city';
CREATE FUNCTION payments.as_label(payments.address) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ($1).street';
CREATE FUNCTION payments.compared(numeric, numeric) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT numeric_cmp($1, $2)';
CREATE AGGREGATE payments.product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1');

-- tables
CREATE TABLE payments.merchant (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar(100) NOT NULL,
    country char(2) DEFAULT 'DE',
    rating numeric(5, 2),
    settings jsonb,
    note text,
    created timestamptz(3) DEFAULT now(),
    visits integer NOT NULL DEFAULT 0,
    tags text[],
    code text
);
COMMENT ON TABLE payments.merchant IS 'who is paid';
COMMENT ON COLUMN payments.merchant.code IS 'as the bank knows it';
CREATE TABLE payments.device (
    id serial PRIMARY KEY,
    merchant_id bigint NOT NULL,
    serial_number text NOT NULL,
    model text,
    batch char(4),
    weight integer,
    weight_grams integer GENERATED ALWAYS AS (weight * 1000) STORED,
    CONSTRAINT device_merchant_fk FOREIGN KEY (merchant_id) REFERENCES payments.merchant
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT device_serial_key UNIQUE (serial_number, merchant_id)
);
CREATE TABLE payments.orders (
    id bigint PRIMARY KEY,
    merchant_id bigint NOT NULL,
    device_id integer,
    status payments.status NOT NULL DEFAULT 'new',
    state varchar(20),
    total numeric(10, 2) NOT NULL,
    currency char(3) NOT NULL DEFAULT 'EUR',
    created timestamptz NOT NULL,
    email text,
    reference text,
    CONSTRAINT orders_total_check CHECK (total > 0),
    CONSTRAINT orders_state_check CHECK (state IN ('open', 'done')),
    CONSTRAINT orders_nothing_check CHECK (1 < 2),
    CONSTRAINT orders_reference_key UNIQUE (reference),
    CONSTRAINT orders_email_key UNIQUE (email, merchant_id) DEFERRABLE,
    CONSTRAINT orders_merchant_fk FOREIGN KEY (merchant_id) REFERENCES payments.merchant (id) ON DELETE CASCADE,
    CONSTRAINT orders_device_fk FOREIGN KEY (device_id) REFERENCES payments.device (id) ON DELETE SET NULL
);
CREATE INDEX orders_status_idx ON payments.orders (status, created DESC);
CREATE INDEX orders_open_idx ON payments.orders (created) WHERE status = 'new';
CREATE INDEX orders_email_idx ON payments.orders (lower(email));
CREATE INDEX orders_covering_idx ON payments.orders (device_id) INCLUDE (total);
CREATE UNIQUE INDEX orders_unique_idx ON payments.orders (created, device_id);
CREATE UNIQUE INDEX orders_identity_idx ON payments.orders (merchant_id, id);
CREATE INDEX orders_hash_idx ON payments.orders USING hash (currency);
CREATE INDEX orders_trigram_idx ON payments.orders USING gist (email extensions.gist_trgm_ops);
CREATE TABLE payments.order_line (
    order_id bigint NOT NULL,
    line integer NOT NULL,
    product text,
    shelf integer,
    CONSTRAINT order_line_pk PRIMARY KEY (order_id, line)
);
CREATE TABLE payments.shipment (
    id integer PRIMARY KEY,
    order_id bigint,
    line integer,
    CONSTRAINT shipment_line_fk FOREIGN KEY (order_id, line) REFERENCES payments.order_line (order_id, line)
);
CREATE TABLE payments.pallet (
    order_id bigint,
    line integer,
    CONSTRAINT pallet_pk PRIMARY KEY (order_id, line)
);
CREATE TABLE payments.parcel (
    order_id bigint,
    line integer,
    CONSTRAINT parcel_line_fk FOREIGN KEY (order_id, line) REFERENCES payments.pallet (order_id, line)
        ON DELETE SET NULL
);
CREATE TABLE payments.booking (
    room int4range NOT NULL,
    during tstzrange NOT NULL,
    cancelled boolean NOT NULL DEFAULT false,
    CONSTRAINT booking_overlap EXCLUDE USING gist (room WITH &&, during WITH &&) WHERE (NOT cancelled)
);
CREATE TABLE payments.counter (
    id integer GENERATED BY DEFAULT AS IDENTITY,
    n bigint
);
CREATE TABLE payments.typed OF payments.typed_row;
CREATE TABLE payments.untyped (id integer, label text);

-- inheritance and partitions
CREATE TABLE payments.event (happened timestamptz, kind text);
CREATE TABLE payments.signed (signature text);
CREATE TABLE payments.login (account text) INHERITS (payments.event, payments.signed);
CREATE TABLE payments.ledger (
    booked date NOT NULL,
    amount numeric NOT NULL,
    account text,
    CONSTRAINT ledger_amount_check CHECK (amount <> 0)
) PARTITION BY RANGE (booked);
CREATE TABLE payments.ledger_2024 PARTITION OF payments.ledger FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE payments.ledger_2025 PARTITION OF payments.ledger FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE payments.ledger_spare (
    booked date NOT NULL,
    amount numeric NOT NULL,
    account text,
    CONSTRAINT ledger_amount_check CHECK (amount <> 0)
);
CREATE INDEX ledger_account_idx ON payments.ledger (account);
CREATE TABLE payments.region (code text, place text) PARTITION BY LIST (code);

-- sequences
CREATE SEQUENCE payments.receipt_number AS bigint INCREMENT 1 START 100;

-- views
CREATE VIEW payments.open_orders AS SELECT id, total FROM payments.orders WHERE status = 'new';
CREATE VIEW payments.dear_orders WITH (security_barrier) AS
    SELECT id, total FROM payments.orders WHERE total > 100 WITH LOCAL CHECK OPTION;
CREATE MATERIALIZED VIEW payments.turnover AS
    SELECT merchant_id, sum(total) AS total FROM payments.orders GROUP BY merchant_id;
CREATE INDEX turnover_idx ON payments.turnover (merchant_id);

-- rules, triggers, policies
CREATE RULE no_delete AS ON DELETE TO payments.counter DO INSTEAD NOTHING;
CREATE TRIGGER touch BEFORE UPDATE OF total, currency ON payments.orders
    FOR EACH ROW WHEN (OLD.total IS DISTINCT FROM NEW.total) EXECUTE FUNCTION payments.touch('orders');
CREATE TRIGGER note AFTER INSERT ON payments.orders
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION payments.note();
CREATE CONSTRAINT TRIGGER balance AFTER INSERT ON payments.order_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments.note();
CREATE TRIGGER ledger_note AFTER INSERT ON payments.ledger FOR EACH ROW EXECUTE FUNCTION payments.note();
CREATE TRIGGER open_instead INSTEAD OF INSERT ON payments.open_orders
    FOR EACH ROW EXECUTE FUNCTION payments.touch();
CREATE EVENT TRIGGER watcher ON ddl_command_start WHEN TAG IN ('DROP AGGREGATE', 'CREATE CAST')
    EXECUTE FUNCTION payments.watch();
ALTER TABLE payments.device ENABLE ROW LEVEL SECURITY;
CREATE POLICY device_own ON payments.device FOR SELECT TO pg_monitor USING (merchant_id > 0);
CREATE POLICY device_write ON payments.device FOR UPDATE TO pg_monitor USING (id > 0) WITH CHECK (id > 1);
COMMENT ON POLICY device_own ON payments.device IS 'one sees one''s own';

-- grants
GRANT SELECT ON payments.merchant TO pg_monitor;
GRANT USAGE ON SCHEMA payments TO pg_monitor;
GRANT SELECT (email) ON payments.orders TO pg_monitor;
ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT SELECT ON TABLES TO pg_monitor;
SELECT lo_create(4711);

-- operators and their classes, casts, conversions
CREATE OPERATOR payments.=== (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = payments.same_amount);
CREATE OPERATOR FAMILY payments.amounts USING btree;
CREATE OPERATOR CLASS payments.amount_class FOR TYPE numeric USING btree FAMILY payments.amounts AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 numeric_cmp(numeric, numeric);
CREATE CAST (payments.address AS text) WITH FUNCTION payments.as_text(payments.address) AS ASSIGNMENT;
CREATE CONVERSION payments.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

-- text search
CREATE TEXT SEARCH TEMPLATE payments.plain_template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY payments.words (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH PARSER payments.reader (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,
    LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH CONFIGURATION payments.search (COPY = simple);

-- languages, access methods, statistics
CREATE LANGUAGE ledgerscript HANDLER plpgsql_call_handler;
CREATE ACCESS METHOD heap_again TYPE TABLE HANDLER heap_tableam_handler;
CREATE STATISTICS payments.order_statistics (ndistinct, dependencies) ON merchant_id, device_id FROM payments.orders;

-- replication and foreign data
CREATE PUBLICATION feed FOR TABLE payments.merchant, payments.orders;
CREATE SUBSCRIPTION inbox CONNECTION 'host=127.0.0.1 password=unseen' PUBLICATION theirs
    WITH (connect = false, slot_name = NONE);
CREATE FOREIGN DATA WRAPPER archive OPTIONS (format 'one');
CREATE SERVER archive_server TYPE 'tape' VERSION '1' FOREIGN DATA WRAPPER archive OPTIONS (host 'a');
CREATE USER MAPPING FOR pg_monitor SERVER archive_server OPTIONS (username 'reader', password 'unseen');
CREATE FOREIGN TABLE payments.old_orders (id bigint, total numeric OPTIONS (field 'sum'))
    SERVER archive_server OPTIONS (file 'orders');

DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = %L', current_database(), '8MB'); END $$;
