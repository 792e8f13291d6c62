-- # views on views, and a materialized one
CREATE TABLE item (id int, price int, kind text);
-- >
CREATE VIEW b AS SELECT id, price FROM item WHERE price > 0;
CREATE VIEW a AS SELECT id FROM b;
CREATE MATERIALIZED VIEW c AS SELECT a.id, b.price FROM a JOIN b USING (id) WITH NO DATA;
CREATE UNIQUE INDEX c_id ON c (id);
-- # a column more at the end
CREATE TABLE item (id int, price int, kind text);
-- <
CREATE VIEW items AS SELECT id, price FROM item;
CREATE VIEW prices AS SELECT price FROM items;
-- >
CREATE VIEW items AS SELECT id, price, kind FROM item;
CREATE VIEW prices AS SELECT price FROM items;
-- # a column less under another view
CREATE TABLE item (id int, price int, kind text);
-- <
CREATE VIEW items AS SELECT id, kind, price FROM item;
CREATE VIEW prices AS SELECT price FROM items;
GRANT SELECT ON prices TO pair_reader;
COMMENT ON COLUMN prices.price IS 'in cents';
-- >
CREATE VIEW items AS SELECT id, price FROM item;
CREATE VIEW prices AS SELECT price FROM items;
GRANT SELECT ON prices TO pair_reader;
COMMENT ON COLUMN prices.price IS 'in cents';
-- # another query, same columns
CREATE TABLE item (id int, price int);
-- <
CREATE VIEW dear AS SELECT id FROM item WHERE price > 10;
-- >
CREATE VIEW dear AS SELECT id FROM item WHERE price > 20 ORDER BY id;
-- # a table's column goes from under views
CREATE TABLE item (id int, price int, kind text);
-- <
CREATE VIEW all_of_it AS SELECT * FROM item;
CREATE MATERIALIZED VIEW copy AS SELECT id, kind FROM all_of_it;
CREATE INDEX copy_id ON copy (id);
-- >
ALTER TABLE item DROP kind;
CREATE VIEW all_of_it AS SELECT * FROM item;
CREATE MATERIALIZED VIEW copy AS SELECT id, price::text AS kind FROM all_of_it;
CREATE INDEX copy_id ON copy (id);
-- # options
CREATE TABLE item (id int);
CREATE VIEW items AS SELECT id FROM item WHERE id > 0;
-- >
ALTER VIEW items SET (security_barrier = true, check_option = local);
-- # security invoker (needs 15)
CREATE TABLE item (id int);
-- >
CREATE VIEW items WITH (security_invoker = true) AS SELECT id FROM item;
-- # a default and a trigger of a view
CREATE TABLE item (id int, state text);
CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
-- >
CREATE VIEW items AS SELECT id, state FROM item;
ALTER VIEW items ALTER state SET DEFAULT 'new';
CREATE TRIGGER write INSTEAD OF INSERT OR UPDATE ON items FOR EACH ROW EXECUTE FUNCTION instead();
-- # a view becomes materialized
CREATE TABLE item (id int);
-- <
CREATE VIEW items AS SELECT id FROM item;
CREATE VIEW more AS SELECT id FROM items;
-- >
CREATE MATERIALIZED VIEW items AS SELECT id FROM item;
CREATE VIEW more AS SELECT id FROM items;
-- # renamed
CREATE TABLE item (id int);
CREATE VIEW items AS SELECT id FROM item;
CREATE VIEW more AS SELECT id FROM items;
-- >
ALTER VIEW items RENAME TO wares;
-- # a column of a view renamed
CREATE TABLE item (id int, n int);
CREATE VIEW items AS SELECT id, n FROM item;
-- >
ALTER VIEW items RENAME COLUMN n TO number;
-- # a recursive view and one with a window
CREATE TABLE node (id int, parent int);
-- >
CREATE VIEW tree AS WITH RECURSIVE t AS (SELECT id, parent, 0 AS depth FROM node WHERE parent IS NULL
    UNION ALL SELECT n.id, n.parent, t.depth + 1 FROM node n JOIN t ON n.parent = t.id) SELECT * FROM t;
CREATE VIEW ranked AS SELECT id, rank() OVER (PARTITION BY parent ORDER BY id) AS place FROM node;
-- # a view that calls a new function and casts to a new type
CREATE TABLE item (id int, state text);
-- >
CREATE TYPE state AS ENUM ('new', 'old');
CREATE FUNCTION label(s state) RETURNS text STABLE LANGUAGE sql AS $$ SELECT upper(s::text) $$;
CREATE VIEW items AS SELECT id, label(state::state) AS label FROM item WHERE state::state <> 'old'::state;
-- # materialized: another query under a view, with grants and comments
CREATE TABLE item (id int, price int);
-- <
CREATE MATERIALIZED VIEW copy AS SELECT id FROM item;
CREATE INDEX copy_id ON copy (id);
CREATE VIEW of_copy AS SELECT id FROM copy;
COMMENT ON MATERIALIZED VIEW copy IS 'nightly';
GRANT SELECT ON copy TO pair_reader;
-- >
CREATE MATERIALIZED VIEW copy WITH (fillfactor = 90) AS SELECT id, price FROM item;
CREATE INDEX copy_id ON copy (id);
CREATE VIEW of_copy AS SELECT id FROM copy;
COMMENT ON MATERIALIZED VIEW copy IS 'nightly';
GRANT SELECT ON copy TO pair_reader;
ALTER MATERIALIZED VIEW copy CLUSTER ON copy_id;
-- # populated
CREATE TABLE item (id int);
-- <
CREATE MATERIALIZED VIEW copy AS SELECT id FROM item WITH NO DATA;
-- >
CREATE MATERIALIZED VIEW copy AS SELECT id FROM item;
-- # a rule
CREATE TABLE item (id int);
CREATE TABLE log (id int);
-- >
CREATE RULE logged AS ON INSERT TO item DO ALSO INSERT INTO log VALUES (new.id);
CREATE RULE kept AS ON DELETE TO item DO INSTEAD NOTHING;
ALTER TABLE item DISABLE RULE kept;
-- # a rule changes
CREATE TABLE item (id int, n int);
-- <
CREATE RULE kept AS ON DELETE TO item DO INSTEAD NOTHING;
-- >
CREATE RULE kept AS ON DELETE TO item WHERE old.n > 0 DO INSTEAD NOTHING;
COMMENT ON RULE kept ON item IS 'for ever';
