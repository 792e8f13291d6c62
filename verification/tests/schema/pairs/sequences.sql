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
