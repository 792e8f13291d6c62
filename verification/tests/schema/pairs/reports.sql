-- # a view that groups by a primary key: djrobstep/migra#156
-- >
CREATE TABLE sale (id integer PRIMARY KEY, buyer text, total integer);
CREATE VIEW best AS SELECT id, buyer, max(total) AS total FROM sale GROUP BY id;
-- # a primary key under such a view changes its name: djrobstep/migra#156
CREATE TABLE sale (id integer NOT NULL, buyer text, total integer);
-- <
ALTER TABLE sale ADD CONSTRAINT sale_old PRIMARY KEY (id);
-- >
ALTER TABLE sale ADD CONSTRAINT sale_pkey PRIMARY KEY (id);
-- <
CREATE VIEW best AS SELECT id, buyer, max(total) AS total FROM sale GROUP BY id;
-- >
CREATE VIEW best AS SELECT id, buyer, max(total) AS total FROM sale GROUP BY id;
-- # a new column of two tables in views that are there: fmguerreiro/pgmold#126
CREATE TABLE maker (id integer, name text);
CREATE TABLE part (id integer, maker integer);
CREATE VIEW makers AS SELECT id FROM maker;
-- <
CREATE VIEW a_parts AS SELECT p.id, m.name FROM part p JOIN maker m ON m.id = p.maker;
-- >
ALTER TABLE maker ADD active boolean NOT NULL DEFAULT true;
ALTER TABLE part ADD kind text;
CREATE OR REPLACE VIEW makers AS SELECT id, active FROM maker;
CREATE VIEW a_parts AS SELECT p.id, m.name, p.kind FROM part p JOIN makers s ON s.active JOIN maker m ON m.id = p.maker;
-- # views whose names sort before what they read: jOOQ/jOOQ#18481
-- >
CREATE TABLE y (i integer);
CREATE TABLE x (i integer);
CREATE VIEW m AS SELECT x.i, y.i AS j FROM x, y;
CREATE VIEW a AS SELECT i FROM m;
CREATE MATERIALIZED VIEW "0" AS SELECT i FROM a;
-- # keys that partitions inherit, or had before: pgplex/pgschema#495
CREATE TABLE band (band integer NOT NULL, place integer NOT NULL, UNIQUE (band, place)) PARTITION BY LIST (band);
-- <
CREATE TABLE band_12 PARTITION OF band FOR VALUES IN (12);
-- >
CREATE TABLE band_12 (band integer NOT NULL, place integer NOT NULL, CONSTRAINT band_12_band_place_key UNIQUE (band, place));
ALTER TABLE band ATTACH PARTITION band_12 FOR VALUES IN (12);
CREATE TABLE band_13 PARTITION OF band FOR VALUES IN (13);
-- # a check of a parent that its partitions have once: supabase/pg-toolbelt#259
CREATE TABLE event (id integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- >
ALTER TABLE event ADD CONSTRAINT positive CHECK (id > 0);
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- # a foreign key to a partitioned table changes: supabase/cli#4589
CREATE TABLE photo (id bigint PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE photo_0 PARTITION OF photo FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE photo_1 PARTITION OF photo FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE person (id bigint PRIMARY KEY, photo bigint);
-- <
ALTER TABLE person ADD CONSTRAINT person_photo_fkey FOREIGN KEY (photo) REFERENCES photo;
-- >
ALTER TABLE person ADD CONSTRAINT person_photo_fkey FOREIGN KEY (photo) REFERENCES photo ON DELETE SET NULL;
-- # a policy of a column that changes its type: dyad-sh/dyad#3511
CREATE TABLE note (id integer, tenant text);
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
-- <
CREATE POLICY own ON note USING (tenant = current_setting('app.tenant'));
-- >
ALTER TABLE note ALTER tenant TYPE varchar(40);
CREATE POLICY own ON note USING (tenant = current_setting('app.tenant', true));
-- # a table is renamed and a view takes its name; another view reads the name: djrobstep/migra dependencies2
-- <
CREATE TABLE data (id integer PRIMARY KEY, name text);
CREATE VIEW q AS SELECT * FROM data;
-- >
CREATE TABLE t_data (id integer PRIMARY KEY, name text);
CREATE VIEW data AS SELECT * FROM t_data;
CREATE VIEW q AS SELECT * FROM data;
-- # a column is renamed and a new one takes its name, in a check, an index and a view
CREATE TABLE goods (id integer PRIMARY KEY);
-- <
ALTER TABLE goods ADD price integer NOT NULL DEFAULT 3;
ALTER TABLE goods ADD CONSTRAINT positive CHECK (price > 0);
CREATE INDEX by_price ON goods (price);
CREATE VIEW prices AS SELECT id, price FROM goods;
-- >
ALTER TABLE goods ADD old_price integer NOT NULL DEFAULT 3;
ALTER TABLE goods ADD price text;
ALTER TABLE goods ADD CONSTRAINT positive CHECK (old_price > 0);
CREATE INDEX by_price ON goods (old_price);
CREATE VIEW prices AS SELECT id, old_price AS price FROM goods;
-- # a function is renamed and another one takes its name, in a default and a check
-- <
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE t (a integer DEFAULT f(), CHECK (a > f()));
-- >
CREATE FUNCTION g() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2';
CREATE TABLE t (a integer DEFAULT f(), CHECK (a > f()));
-- # a parent gets a column that its child had as its own: djrobstep/migra inherit2 (leaves: no statement makes it not its own)
CREATE TABLE base (at timestamp);
CREATE TABLE kid (a integer) INHERITS (base);
-- <
ALTER TABLE kid ADD e integer;
-- >
ALTER TABLE base ADD e integer;
