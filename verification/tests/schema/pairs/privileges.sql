-- # on objects of all kinds
CREATE TABLE item (id int, price int);
CREATE VIEW items AS SELECT id FROM item;
CREATE SEQUENCE number;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
CREATE TYPE mood AS ENUM ('a');
CREATE DOMAIN code AS text;
CREATE SCHEMA s;
-- >
GRANT SELECT, INSERT ON item TO pair_reader;
GRANT ALL ON items TO pair_writer WITH GRANT OPTION;
GRANT USAGE ON SEQUENCE number TO PUBLIC;
GRANT EXECUTE ON FUNCTION f TO pair_reader;
GRANT EXECUTE ON PROCEDURE p TO pair_reader;
GRANT USAGE ON TYPE mood TO pair_reader;
GRANT USAGE ON DOMAIN code TO pair_reader;
GRANT USAGE, CREATE ON SCHEMA s TO pair_writer;
GRANT UPDATE (price), SELECT (id) ON item TO pair_writer;
-- # of new objects
-- >
CREATE SCHEMA s;
CREATE TABLE s.item (id serial, price int);
CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
GRANT USAGE ON SCHEMA s TO pair_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA s TO pair_reader;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA s TO pair_reader;
REVOKE EXECUTE ON FUNCTION s.f() FROM PUBLIC;
GRANT SELECT (price) ON s.item TO pair_writer;
-- # more and less
CREATE TABLE item (id int, price int);
-- <
GRANT SELECT, UPDATE ON item TO pair_reader;
GRANT SELECT (id) ON item TO pair_reader;
-- >
GRANT SELECT, DELETE ON item TO pair_reader WITH GRANT OPTION;
GRANT SELECT (id) ON item TO pair_reader;
-- # taken from everybody and from the owner
CREATE TABLE item (id int);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE mood AS ENUM ('a');
-- >
REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;
REVOKE USAGE ON TYPE mood FROM PUBLIC;
REVOKE TRUNCATE ON item FROM CURRENT_USER;
-- # of an object that is made again
CREATE TABLE item (id int, price int);
CREATE VIEW v AS SELECT id, price FROM item;
GRANT SELECT ON v TO pair_reader;
GRANT UPDATE (price) ON v TO pair_writer;
-- >
DROP VIEW v;
CREATE VIEW v AS SELECT price, id FROM item;
GRANT SELECT ON v TO pair_reader;
GRANT UPDATE (price) ON v TO pair_writer;
-- # default privileges
CREATE SCHEMA s;
-- >
ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO pair_reader;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO pair_writer WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE pair_writer GRANT USAGE ON TYPES TO pair_reader;
-- # default privileges change
CREATE SCHEMA s;
-- <
ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO pair_reader;
-- >
ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT INSERT, UPDATE ON TABLES TO pair_reader;
-- # default privileges give what the right side lacks
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pair_reader;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
-- >
CREATE TABLE item (id int);
REVOKE ALL ON item FROM pair_reader;
CREATE TABLE other (id int);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION f() TO PUBLIC;
-- # given by somebody else (leaves: grants of other grantors)
CREATE TABLE item (id int);
GRANT SELECT ON item TO pair_writer WITH GRANT OPTION;
-- >
SET ROLE pair_writer;
GRANT SELECT ON item TO pair_reader;
RESET ROLE;
-- # owners and grants change together
CREATE TABLE item (id int);
-- <
GRANT SELECT ON item TO pair_writer;
-- >
ALTER TABLE item OWNER TO pair_writer;
GRANT SELECT ON item TO pair_reader;
-- # a grant on a table becomes one on a column: pgschema issue_324
CREATE TABLE secret (id integer, name text);
-- <
GRANT SELECT, UPDATE ON secret TO pair_reader;
-- >
GRANT SELECT ON secret TO pair_reader;
GRANT UPDATE (name) ON secret TO pair_reader;
-- # a grant on a table ends and one on a column begins
CREATE TABLE secret (id integer, name text);
-- <
GRANT UPDATE ON secret TO pair_reader;
-- >
GRANT UPDATE (name) ON secret TO pair_reader;
-- # a grant on a table beside one on a column
CREATE TABLE secret (id integer, name text);
GRANT SELECT (id) ON secret TO pair_reader;
-- >
GRANT INSERT ON secret TO pair_reader;
CREATE TABLE other (id integer, name text);
GRANT SELECT (id), UPDATE (id) ON other TO pair_reader;
GRANT INSERT ON other TO pair_reader;
