-- # a shop grows
CREATE TABLE customer (id serial PRIMARY KEY, name varchar(50) NOT NULL, email text);
CREATE TABLE purchase (id serial PRIMARY KEY, customer_id int REFERENCES customer, total numeric(10, 2), state varchar(10));
CREATE VIEW open AS SELECT p.id, c.name FROM purchase p JOIN customer c ON c.id = p.customer_id WHERE p.state = 'open';
-- >
CREATE TYPE state AS ENUM ('open', 'paid');
DROP VIEW open;
ALTER TABLE purchase ALTER state TYPE state USING state::state;
ALTER TABLE purchase ALTER state SET DEFAULT 'open', ALTER state SET NOT NULL;
ALTER TABLE customer ALTER name TYPE text, ADD CONSTRAINT mail UNIQUE (email);
CREATE TABLE payment (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, purchase_id int NOT NULL REFERENCES purchase,
    paid_at timestamptz DEFAULT now());
CREATE VIEW open AS SELECT p.id, c.name, c.email FROM purchase p JOIN customer c ON c.id = p.customer_id WHERE p.state = 'open';
CREATE MATERIALIZED VIEW turnover AS SELECT c.id, sum(p.total) AS total FROM customer c JOIN purchase p ON p.customer_id = c.id GROUP BY c.id;
CREATE UNIQUE INDEX ON turnover (id);
GRANT SELECT ON turnover TO pair_reader;
-- # an audit log by triggers
CREATE TABLE item (id int PRIMARY KEY, n int);
-- >
CREATE SCHEMA audit;
CREATE TABLE audit.log (id bigserial PRIMARY KEY, at timestamptz DEFAULT now(), row_data jsonb);
CREATE FUNCTION audit.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN INSERT INTO audit.log (row_data) VALUES (to_jsonb(new)); RETURN new; END $$;
CREATE TRIGGER noted AFTER INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION audit.note();
REVOKE ALL ON FUNCTION audit.note() FROM PUBLIC;
-- # tenants by row security
CREATE TABLE doc (id int, tenant int, body text);
-- >
CREATE FUNCTION tenant() RETURNS int STABLE LANGUAGE sql AS $$ SELECT current_setting('app.tenant')::int $$;
ALTER TABLE doc ALTER tenant SET DEFAULT tenant();
ALTER TABLE doc ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON doc USING (tenant = tenant()) WITH CHECK (tenant = tenant());
CREATE INDEX doc_tenant ON doc (tenant);
-- # views in another order of names than of need
CREATE TABLE item (id int, n int);
-- <
CREATE VIEW z AS SELECT id, n FROM item;
CREATE VIEW y AS SELECT id, n FROM z;
CREATE VIEW a AS SELECT id FROM y;
-- >
CREATE VIEW a AS SELECT n, id FROM item;
CREATE VIEW z AS SELECT id FROM a;
CREATE VIEW y AS SELECT id FROM z;
-- # domain, function, check and index in a chain
-- >
CREATE FUNCTION is_code(t text) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT t ~ '^[A-Z]+$' $$;
CREATE DOMAIN code AS text CHECK (is_code(VALUE));
CREATE FUNCTION next_code(c code) RETURNS code IMMUTABLE LANGUAGE sql AS $$ SELECT (c || 'A')::public.code $$;
CREATE TABLE item (code code, next code GENERATED ALWAYS AS (next_code(code)) STORED);
CREATE INDEX item_next ON item (next_code(code));
-- # the chain is dropped in part
-- <
CREATE FUNCTION old() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE TABLE item (a int DEFAULT old(), b int CHECK (b > old()), c int GENERATED ALWAYS AS (old()) STORED);
CREATE INDEX i ON item ((a + old()));
CREATE VIEW v AS SELECT old() AS o, a FROM item;
-- >
CREATE TABLE item (a int, b int);
CREATE VIEW v AS SELECT 1 AS o, a FROM item;
-- # names that change places
CREATE TABLE one (id int, a text);
CREATE TABLE two (id int, b text);
-- <
CREATE VIEW x AS SELECT a FROM one;
CREATE VIEW y AS SELECT b FROM two;
-- >
CREATE VIEW y AS SELECT a FROM one;
CREATE VIEW x AS SELECT b FROM two;
-- # a table renamed and changed
CREATE TABLE item (id serial PRIMARY KEY, name text);
CREATE INDEX item_name ON item (name);
-- >
ALTER TABLE item RENAME TO ware;
ALTER TABLE ware ADD CONSTRAINT named CHECK (name <> '');
CREATE INDEX ware_id ON ware (id, name);
COMMENT ON TABLE ware IS 'was item';
-- # a column renamed and retyped beside it
CREATE TABLE item (id int, name varchar(5), n int);
CREATE VIEW v AS SELECT name, n FROM item;
-- >
DROP VIEW v;
ALTER TABLE item RENAME name TO title;
ALTER TABLE item ALTER n TYPE bigint;
CREATE VIEW v AS SELECT title AS name, n FROM item;
-- # functions that call each other
-- >
CREATE FUNCTION ping(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN n > 0 THEN pong(n - 1) ELSE 0 END; END $$;
CREATE FUNCTION pong(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN ping(n); END $$;
-- # a function that leans on what is left (leaves: operators, and the function that uses one)
-- >
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
CREATE FUNCTION p() RETURNS boolean LANGUAGE sql AS 'SELECT 1 OPERATOR(public.===) 1';
CREATE TABLE plain (id int);
-- # a foreign table (leaves: foreign data)
CREATE FOREIGN DATA WRAPPER w;
-- >
CREATE SERVER s FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE far (id int) SERVER s;
CREATE VIEW near AS SELECT id FROM far;
-- # default null written out
CREATE TABLE item (id int);
-- <
ALTER TABLE item ADD a varchar(5);
-- >
ALTER TABLE item ADD a varchar(5) DEFAULT NULL;
