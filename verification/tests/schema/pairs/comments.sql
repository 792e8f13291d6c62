-- # on everything
CREATE SCHEMA s;
CREATE TABLE s.item (id int CONSTRAINT item_key PRIMARY KEY, n int CONSTRAINT positive CHECK (n > 0));
CREATE INDEX by_n ON s.item (n);
CREATE VIEW s.v AS SELECT id FROM s.item;
CREATE MATERIALIZED VIEW s.m AS SELECT id FROM s.item;
CREATE SEQUENCE s.number;
CREATE FUNCTION s.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE s.mood AS ENUM ('a');
-- >
COMMENT ON SCHEMA s IS 's';
COMMENT ON TABLE s.item IS 'it''s';
COMMENT ON COLUMN s.item.n IS E'two\nlines';
COMMENT ON CONSTRAINT positive ON s.item IS 'c';
COMMENT ON CONSTRAINT item_key ON s.item IS 'k';
COMMENT ON INDEX s.item_key IS 'i';
COMMENT ON INDEX s.by_n IS 'i';
COMMENT ON VIEW s.v IS 'v';
COMMENT ON COLUMN s.v.id IS 'c';
COMMENT ON MATERIALIZED VIEW s.m IS 'm';
COMMENT ON SEQUENCE s.number IS 'n';
COMMENT ON FUNCTION s.f(int) IS 'f';
COMMENT ON TYPE s.mood IS 't';
-- # changed, with a backslash
CREATE TABLE item (id int);
-- <
COMMENT ON TABLE item IS 'old';
-- >
COMMENT ON TABLE item IS 'new \ ''x''';
-- # of a column that is made again
CREATE TABLE item (a int);
-- <
ALTER TABLE item ADD b int GENERATED ALWAYS AS (a * 2) STORED;
COMMENT ON COLUMN item.b IS 'twice';
-- >
ALTER TABLE item ADD b int GENERATED ALWAYS AS (a * 3) STORED;
COMMENT ON COLUMN item.b IS 'twice';
-- # of the schema public
-- >
COMMENT ON SCHEMA public IS 'ours';
-- # of a foreign data wrapper (leaves: foreign data)
-- >
CREATE FOREIGN DATA WRAPPER w;
COMMENT ON FOREIGN DATA WRAPPER w IS 'w';
