-- # an enum, a domain, a composite, a range
-- >
CREATE TYPE mood AS ENUM ('good', 'it''s', 'bad');
CREATE DOMAIN email AS varchar(100) COLLATE "C" DEFAULT 'a@b' NOT NULL CONSTRAINT has_at CHECK (VALUE LIKE '%@%');
CREATE TYPE address AS (street text, "No" int, country varchar(2) COLLATE "C");
CREATE TYPE floats AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = many_floats);
COMMENT ON TYPE mood IS 'how';
COMMENT ON DOMAIN email IS 'where';
COMMENT ON CONSTRAINT has_at ON DOMAIN email IS 'at least';
-- # a table of new types
-- >
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (a mood, b positive);
CREATE TABLE diary (mood mood DEFAULT 'good', moods mood[], n positive, pair pair);
-- # labels added
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE diary (mood mood);
-- >
ALTER TYPE mood ADD VALUE 'fair' AFTER 'good';
ALTER TYPE mood ADD VALUE 'best' BEFORE 'good';
ALTER TYPE mood ADD VALUE 'worst';
-- # a label added and used (needs 17)
-- <
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE diary (mood mood DEFAULT 'good');
-- >
CREATE TYPE mood AS ENUM ('good', 'bad', 'fair');
CREATE TABLE diary (mood mood DEFAULT 'fair' CHECK (mood <> 'bad'));
CREATE VIEW fairs AS SELECT mood FROM diary WHERE mood = 'fair';
-- # a label less under all that uses it
-- <
CREATE TYPE mood AS ENUM ('good', 'fair', 'bad');
CREATE TABLE diary (id int, mood mood DEFAULT 'good' NOT NULL, moods mood[], CONSTRAINT ok CHECK (mood <> 'bad'));
CREATE INDEX diary_mood ON diary (mood) WHERE mood = 'good';
CREATE VIEW goods AS SELECT id FROM diary WHERE mood = 'good';
CREATE FUNCTION is_good(m mood) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT m = 'good' $$;
CREATE MATERIALIZED VIEW copy AS SELECT is_good(mood) FROM diary;
-- >
CREATE TYPE mood AS ENUM ('bad', 'good');
CREATE TABLE diary (id int, mood mood DEFAULT 'good' NOT NULL, moods mood[], CONSTRAINT ok CHECK (mood <> 'bad'));
CREATE INDEX diary_mood ON diary (mood) WHERE mood = 'good';
CREATE VIEW goods AS SELECT id FROM diary WHERE mood = 'good';
CREATE FUNCTION is_good(m mood) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT m = 'good' $$;
CREATE MATERIALIZED VIEW copy AS SELECT is_good(mood) FROM diary;
-- # an enum column becomes text
-- <
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE diary (mood mood DEFAULT 'good' CHECK (mood <> 'bad'));
CREATE INDEX diary_mood ON diary (mood);
-- >
CREATE TABLE diary (mood text DEFAULT 'good' CHECK (mood <> 'bad'));
CREATE INDEX diary_mood ON diary (mood);
-- # an enum column of another enum
-- <
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE diary (mood mood DEFAULT 'good');
-- >
CREATE TYPE state AS ENUM ('good', 'bad', 'none');
CREATE TABLE diary (mood state DEFAULT 'none');
-- # an enum replaced that a function alone uses
-- <
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE FUNCTION f(m mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- >
CREATE TYPE mood AS ENUM ('bad', 'good');
CREATE FUNCTION f(m mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- # a domain changes
CREATE DOMAIN code AS text CONSTRAINT short CHECK (length(VALUE) < 5);
CREATE TABLE item (code code);
-- >
ALTER DOMAIN code SET DEFAULT 'a';
ALTER DOMAIN code SET NOT NULL;
ALTER DOMAIN code DROP CONSTRAINT short;
ALTER DOMAIN code ADD CONSTRAINT short CHECK (length(VALUE) < 9);
ALTER DOMAIN code ADD CONSTRAINT low CHECK (VALUE = lower(VALUE));
-- # a domain over another type
-- <
CREATE DOMAIN code AS varchar(5);
CREATE TABLE item (code code DEFAULT 'a');
-- >
CREATE DOMAIN code AS varchar(9);
CREATE TABLE item (code code DEFAULT 'a');
-- # a domain's check calls a new function
CREATE DOMAIN code AS text;
-- >
CREATE FUNCTION good(t text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT true';
ALTER DOMAIN code ADD CONSTRAINT good CHECK (good(VALUE));
-- # a composite grows and shrinks
CREATE TYPE address AS (street text, old text);
CREATE TABLE item (a address);
-- >
ALTER TYPE address DROP ATTRIBUTE old;
ALTER TYPE address ADD ATTRIBUTE city text;
-- # a composite whose attribute changes, in a column (leaves: rows of a composite type)
CREATE TYPE address AS (street text, no int);
CREATE TABLE item (id int);
-- <
ALTER TABLE item ADD a address;
-- >
ALTER TYPE address ALTER ATTRIBUTE no TYPE text;
ALTER TABLE item ADD a address;
-- # a composite that nobody uses
-- <
CREATE TYPE address AS (street text, no int);
-- >
CREATE TYPE address AS (no text, street text);
-- # renamed, moved, given away
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TYPE state AS (a int);
CREATE TABLE diary (mood mood);
CREATE SCHEMA types;
-- >
ALTER TYPE mood RENAME TO temper;
ALTER TYPE state SET SCHEMA types;
ALTER TYPE temper OWNER TO pair_writer;
