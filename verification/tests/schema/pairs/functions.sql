-- # of all traits
-- >
CREATE FUNCTION f(a int, b text DEFAULT 'x, y', VARIADIC c int[] DEFAULT '{1,2}') RETURNS text
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 5 SECURITY DEFINER SET search_path = public, pg_temp
    SET work_mem = '8MB' AS $$ BEGIN RETURN b || a; END $$;
CREATE FUNCTION g(OUT a int, OUT "B c" text) LANGUAGE sql IMMUTABLE LEAKPROOF AS $$ SELECT 1, '$function$' $$;
CREATE FUNCTION h(n int) RETURNS TABLE (a int, b text) LANGUAGE sql ROWS 50 AS $$ SELECT n, 'x' $$;
CREATE FUNCTION i() RETURNS SETOF int LANGUAGE sql SET search_path = '' AS 'SELECT 1';
CREATE PROCEDURE p(INOUT a int) LANGUAGE plpgsql AS $$ BEGIN a := a + 1; END $$;
-- # another body
-- <
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- >
CREATE FUNCTION f() RETURNS int LANGUAGE sql STABLE AS 'SELECT 2';
-- # another result under a view, a default and a check
-- <
CREATE FUNCTION f() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
CREATE TABLE item (a bigint DEFAULT f(), CONSTRAINT big CHECK (a > f()));
CREATE VIEW v AS SELECT a, f() AS f FROM item;
-- >
CREATE FUNCTION f() RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT 1::bigint';
CREATE TABLE item (a bigint DEFAULT f(), CONSTRAINT big CHECK (a > f()));
CREATE VIEW v AS SELECT a, f() AS f FROM item;
-- # names of arguments change
-- <
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
GRANT EXECUTE ON FUNCTION f TO pair_reader;
-- >
CREATE FUNCTION f(b int) RETURNS int LANGUAGE sql AS 'SELECT b';
GRANT EXECUTE ON FUNCTION f TO pair_reader;
-- # other arguments
-- <
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
-- >
CREATE FUNCTION f(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql AS 'SELECT a + b';
-- # a default of an argument goes
-- <
CREATE FUNCTION f(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT a';
-- >
CREATE FUNCTION f(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a';
-- # overloaded
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
-- >
CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION f(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT f(a) + b';
-- # a body that names what comes later
-- >
CREATE TABLE zoo (id int);
CREATE FUNCTION a_count() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM zoo';
-- # a new table's default calls a new function
-- >
CREATE FUNCTION zz() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE aa (id int DEFAULT zz(), at timestamptz DEFAULT now());
-- # a function that returns rows of a new table
-- >
CREATE TABLE zoo (id int, name text);
CREATE FUNCTION animals() RETURNS SETOF zoo LANGUAGE sql AS 'SELECT * FROM zoo';
CREATE FUNCTION first_animal(z zoo) RETURNS text LANGUAGE sql AS 'SELECT z.name';
-- # a function with a body in SQL
CREATE TABLE item (id int, price int);
-- <
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(price) FROM item; END;
-- >
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql RETURN (SELECT sum(item.price + 1) FROM item);
CREATE FUNCTION twice() RETURNS bigint LANGUAGE sql RETURN total() * 2;
-- # a column goes from under a body in SQL
CREATE TABLE item (id int, price int);
-- <
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(price) FROM item; END;
-- >
ALTER TABLE item DROP price;
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(id) FROM item; END;
-- # a procedure becomes a function
-- <
CREATE PROCEDURE work(a int) LANGUAGE plpgsql AS 'BEGIN END';
-- >
CREATE FUNCTION work(a int) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
-- # settings, cost, owner, comment
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- >
ALTER FUNCTION f() SET work_mem = '16MB';
ALTER FUNCTION f() COST 7 SECURITY DEFINER;
ALTER FUNCTION f() OWNER TO pair_writer;
COMMENT ON FUNCTION f() IS 'one';
-- # renamed, under a default
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE item (a int DEFAULT f());
-- >
ALTER FUNCTION f() RENAME TO g;
-- # an aggregate under a view
-- >
CREATE AGGREGATE product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1');
CREATE VIEW products AS SELECT product(n::numeric) AS p FROM generate_series(1, 5) n;
