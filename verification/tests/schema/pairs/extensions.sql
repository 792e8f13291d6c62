-- # an extension and what is made of it
CREATE TABLE item (a text);
-- >
CREATE EXTENSION pg_trgm;
CREATE INDEX item_a ON item USING gin (a gin_trgm_ops);
ALTER TABLE item ADD CONSTRAINT near CHECK (a % 'b');
CREATE VIEW v AS SELECT similarity(a, 'b') AS s FROM item;
-- # a type of an extension that is not there yet
-- >
CREATE EXTENSION hstore;
CREATE EXTENSION citext;
CREATE TABLE item (id int, data hstore DEFAULT 'a=>1', name citext UNIQUE);
CREATE INDEX item_data ON item USING gin (data);
-- # a column becomes one of an extension's type
-- <
CREATE TABLE item (name text UNIQUE);
-- >
CREATE EXTENSION citext;
CREATE TABLE item (name citext UNIQUE);
-- # in a schema of its own, with an exclusion constraint
CREATE TABLE booking (room int, during tsrange);
-- >
CREATE SCHEMA ext;
CREATE EXTENSION btree_gist WITH SCHEMA ext;
ALTER TABLE booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&);
-- # moved to another schema
CREATE SCHEMA ext;
CREATE EXTENSION hstore;
CREATE TABLE item (data hstore);
CREATE VIEW v AS SELECT data -> 'a' AS a FROM item;
-- >
ALTER EXTENSION hstore SET SCHEMA ext;
-- # updated (leaves: an extension never goes back)
-- <
CREATE EXTENSION hstore VERSION '1.7';
-- >
CREATE EXTENSION hstore VERSION '1.8';
-- # one that needs another
-- >
CREATE EXTENSION cube;
CREATE EXTENSION earthdistance;
CREATE TABLE place (at earth);
-- # with a comment
-- >
CREATE EXTENSION pg_trgm;
COMMENT ON EXTENSION pg_trgm IS 'near words';
-- # a schema with an owner, a grant and objects
-- >
CREATE SCHEMA shop AUTHORIZATION pair_writer;
CREATE TABLE shop.item (id serial PRIMARY KEY);
CREATE VIEW shop.items AS SELECT id FROM shop.item;
GRANT USAGE ON SCHEMA shop TO pair_reader;
-- # a schema renamed
CREATE SCHEMA shop;
CREATE TABLE shop.item (id serial PRIMARY KEY, parent int REFERENCES shop.item);
CREATE VIEW shop.items AS SELECT id FROM shop.item;
CREATE FUNCTION shop.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- >
ALTER SCHEMA shop RENAME TO store;
-- # a schema's contents move and it goes
-- <
CREATE SCHEMA old;
CREATE TABLE old.item (id int PRIMARY KEY, n int);
CREATE SEQUENCE old.number;
-- >
CREATE SCHEMA new;
CREATE TABLE new.item (id int PRIMARY KEY, n int);
CREATE SEQUENCE new.number;
CREATE TABLE new.other (id int);
-- # a collation
-- >
CREATE COLLATION plain (provider = libc, locale = 'C');
CREATE TABLE item (a text COLLATE plain);
-- # a publication (leaves: publications)
CREATE TABLE item (a int PRIMARY KEY);
-- >
CREATE PUBLICATION feed FOR TABLE item;
-- # a text search configuration (leaves: text search)
-- >
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
-- # an operator and a cast (leaves: operators and casts)
CREATE TABLE item (a int);
-- >
CREATE FUNCTION same(int, int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 = $2';
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same);
ALTER TABLE item ADD CONSTRAINT one CHECK (a === 1);
-- # a schema with an extension and a type that a dropped table has
-- <
CREATE SCHEMA apart;
CREATE EXTENSION amcheck SCHEMA apart;
CREATE TYPE apart.colour AS ENUM ('red');
CREATE TABLE shop (id int, colour apart.colour);
CREATE TABLE other (id int);
-- >
CREATE TABLE other (id int);
