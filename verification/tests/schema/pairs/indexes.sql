-- # many kinds
CREATE TABLE doc (id int, title text, body text, tags text[], at timestamptz, data jsonb);
-- >
CREATE UNIQUE INDEX doc_id ON doc (id) INCLUDE (title);
CREATE INDEX doc_title ON doc (title text_pattern_ops DESC NULLS LAST);
CREATE INDEX doc_tags ON doc USING gin (tags);
CREATE INDEX doc_data ON doc USING gin (data jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX doc_at ON doc USING brin (at) WITH (pages_per_range = 32);
CREATE INDEX doc_hash ON doc USING hash (title);
CREATE INDEX doc_words ON doc USING gin (to_tsvector('english'::regconfig, body));
CREATE INDEX doc_part ON doc (at) WHERE title IS NOT NULL AND id > 5;
CREATE INDEX doc_day ON doc (date_trunc('day', at AT TIME ZONE 'UTC'), lower(title));
CREATE INDEX doc_c ON doc (title COLLATE "C", (id + 1));
-- # an index changes
CREATE TABLE item (a int, b int);
-- <
CREATE INDEX i ON item (a);
COMMENT ON INDEX i IS 'quick';
-- >
CREATE INDEX i ON item (a, b DESC);
COMMENT ON INDEX i IS 'quick';
-- # an index becomes a constraint of its name
CREATE TABLE item (a int);
-- <
CREATE UNIQUE INDEX once ON item (a);
-- >
ALTER TABLE item ADD CONSTRAINT once UNIQUE (a);
-- # renamed
CREATE TABLE item (a int, b int);
CREATE INDEX i ON item (a);
-- >
ALTER INDEX i RENAME TO by_a;
-- # on an expression of a new function
CREATE TABLE item (a text);
-- >
CREATE FUNCTION plain(t text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT lower(t) $$;
CREATE INDEX i ON item (plain(a));
-- # a function under an index changes its result
CREATE TABLE item (a text);
-- <
CREATE FUNCTION size(t text) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT length(t)';
CREATE INDEX i ON item (size(a));
-- >
CREATE FUNCTION size(t text) RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT length(t)::bigint';
CREATE INDEX i ON item (size(a));
-- # of a materialized view
CREATE TABLE item (a int);
CREATE MATERIALIZED VIEW copy AS SELECT a FROM item;
-- >
CREATE UNIQUE INDEX copy_a ON copy (a);
-- # dropped with its column
CREATE TABLE item (a int, b int);
-- <
CREATE INDEX i ON item (a) WHERE b > 0;
CREATE INDEX j ON item (a, b);
-- >
ALTER TABLE item DROP b;
CREATE INDEX j ON item (a);
-- # unique nulls not distinct (needs 15)
CREATE TABLE item (a int);
-- >
CREATE UNIQUE INDEX i ON item (a) NULLS NOT DISTINCT;
-- # parameters of an operator class (leaves: parameters of operator classes)
CREATE TABLE item (t tsvector);
-- >
CREATE INDEX i ON item USING gist (t tsvector_ops (siglen = 64));
-- # extended statistics
CREATE TABLE item (a int, b int, c int);
-- >
CREATE STATISTICS ab (ndistinct, dependencies) ON a, b FROM item;
CREATE STATISTICS sum ON (a + b) FROM item;
COMMENT ON STATISTICS ab IS 'they go together';
