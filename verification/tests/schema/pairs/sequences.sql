-- # all options
-- >
CREATE SEQUENCE number AS smallint INCREMENT 5 MINVALUE 10 MAXVALUE 1000 START 20 CACHE 3 CYCLE;
-- # options change
CREATE SEQUENCE number;
-- >
ALTER SEQUENCE number AS integer INCREMENT 2 MAXVALUE 5000 CACHE 10 CYCLE;
-- # limits come nearer
CREATE SEQUENCE number MINVALUE 1 MAXVALUE 50;
-- >
ALTER SEQUENCE number MINVALUE 100 MAXVALUE 1000 START 100 RESTART 100;
-- # owned by a column, and no longer
CREATE TABLE item (id int);
CREATE SEQUENCE number;
-- >
ALTER SEQUENCE number OWNED BY item.id;
-- # a default on a new sequence
CREATE TABLE item (id int);
-- >
CREATE SEQUENCE number;
ALTER TABLE item ALTER id SET DEFAULT nextval('number');
-- # a table whose default is a new sequence that is nobody's
-- >
CREATE SEQUENCE "Number";
CREATE TABLE item (id int DEFAULT nextval('"Number"'), code text DEFAULT 'A' || nextval('"Number"'));
-- # renamed, with a default on it
CREATE SEQUENCE number;
CREATE TABLE item (id int DEFAULT nextval('number'));
-- >
ALTER SEQUENCE number RENAME TO item_number;
-- # a grant on a sequence that the script makes
-- >
CREATE TABLE item (id serial);
GRANT USAGE ON SEQUENCE item_id_seq TO pair_reader;
CREATE SEQUENCE number;
GRANT SELECT, UPDATE ON SEQUENCE number TO pair_writer;
-- # falling
-- >
CREATE SEQUENCE down INCREMENT -1 START -5;
-- # unlogged (needs 15)
CREATE SEQUENCE number;
-- >
ALTER SEQUENCE number SET UNLOGGED;
CREATE UNLOGGED SEQUENCE other;
-- # a serial of another size
-- <
CREATE TABLE item (id serial PRIMARY KEY);
-- >
CREATE TABLE item (id bigserial PRIMARY KEY);
-- # moved to a new schema
CREATE SEQUENCE number;
-- >
CREATE SCHEMA numbers;
ALTER SEQUENCE number SET SCHEMA numbers;
-- # a new table of another role, with its own sequence: apgdiff add_owned_sequence
-- >
CREATE TABLE ticket (id serial PRIMARY KEY);
ALTER TABLE ticket OWNER TO pair_writer;
-- # a table with a sequence gets another owner
CREATE TABLE ticket (id serial PRIMARY KEY);
-- <
ALTER TABLE ticket OWNER TO pair_reader;
-- >
ALTER TABLE ticket OWNER TO pair_writer;
-- # a sequence of its own belongs to a table of another role
CREATE SEQUENCE number;
CREATE TABLE ticket (id integer NOT NULL);
ALTER TABLE ticket OWNER TO pair_writer;
-- >
ALTER SEQUENCE number OWNER TO pair_writer;
ALTER SEQUENCE number OWNED BY ticket.id;
-- # a sequence goes to a table of another role
CREATE TABLE first (id serial PRIMARY KEY);
CREATE TABLE second (id integer NOT NULL);
ALTER TABLE first OWNER TO pair_reader;
ALTER TABLE second OWNER TO pair_writer;
-- >
ALTER SEQUENCE first_id_seq OWNED BY NONE;
ALTER SEQUENCE first_id_seq OWNER TO pair_writer;
ALTER SEQUENCE first_id_seq OWNED BY second.id;
-- # owned by a column of a new table, when the old one goes
CREATE SEQUENCE number;
CREATE SEQUENCE counter;
-- <
CREATE TABLE old (id int, n int);
CREATE TABLE stays (id int, n int);
ALTER SEQUENCE number OWNED BY old.id;
ALTER SEQUENCE counter OWNED BY stays.n;
-- >
CREATE TABLE stays (id int, m int);
CREATE TABLE a_new (id int);
ALTER SEQUENCE number OWNED BY a_new.id;
ALTER SEQUENCE counter OWNED BY stays.m;
