-- # a check on a varchar in a list
CREATE TABLE item (state varchar(10));
-- >
ALTER TABLE item ADD CONSTRAINT known CHECK (state IN ('new', 'old'));
-- # a check on a varchar in a list changes
CREATE TABLE item (state varchar(10));
-- <
ALTER TABLE item ADD CONSTRAINT known CHECK (state IN ('new', 'old'));
-- >
ALTER TABLE item ADD CONSTRAINT known CHECK (state IN ('new', 'old', 'gone') AND state BETWEEN 'a' AND 'z');
-- # checks renamed, not valid, not inherited
CREATE TABLE item (a int CONSTRAINT positive CHECK (a > 0), b int);
-- >
ALTER TABLE item RENAME CONSTRAINT positive TO above_zero;
ALTER TABLE item ADD CONSTRAINT later CHECK (b > 0) NOT VALID;
ALTER TABLE item ADD CONSTRAINT own CHECK (b > 1) NO INHERIT;
-- # validated
CREATE TABLE item (a int);
-- <
ALTER TABLE item ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
-- >
ALTER TABLE item ADD CONSTRAINT positive CHECK (a > 0);
-- # a primary key of other columns under a foreign key
CREATE TABLE item (id int NOT NULL UNIQUE, code text NOT NULL);
CREATE TABLE line (item_id int REFERENCES item (id));
-- <
ALTER TABLE item ADD PRIMARY KEY (code);
-- >
ALTER TABLE item ADD PRIMARY KEY (code, id);
-- # a key under foreign keys changes
CREATE TABLE item (a int, b int);
CREATE TABLE line (a int, b int);
-- <
ALTER TABLE item ADD CONSTRAINT item_key UNIQUE (a, b);
ALTER TABLE line ADD CONSTRAINT line_item FOREIGN KEY (a, b) REFERENCES item (a, b);
COMMENT ON CONSTRAINT line_item ON line IS 'both';
-- >
ALTER TABLE item ADD CONSTRAINT item_key UNIQUE (b, a);
ALTER TABLE line ADD CONSTRAINT line_item FOREIGN KEY (a, b) REFERENCES item (a, b);
COMMENT ON CONSTRAINT line_item ON line IS 'both';
-- # a foreign key with all options
CREATE TABLE item (a int, b int, UNIQUE (a, b));
CREATE TABLE line (a int, b int);
-- <
ALTER TABLE line ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES item (a, b);
-- >
ALTER TABLE line ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES item (a, b) MATCH FULL ON UPDATE CASCADE
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
-- # set null of one column (needs 15)
CREATE TABLE item (a int, b int, UNIQUE (a, b));
CREATE TABLE line (a int, b int);
-- >
ALTER TABLE line ADD FOREIGN KEY (a, b) REFERENCES item (a, b) ON DELETE SET NULL (b);
-- # unique nulls not distinct (needs 15)
CREATE TABLE item (a int);
-- >
ALTER TABLE item ADD CONSTRAINT once UNIQUE NULLS NOT DISTINCT (a);
-- # unique with include and deferrable
CREATE TABLE item (a int, b int, c int);
-- >
ALTER TABLE item ADD CONSTRAINT ab UNIQUE (a) INCLUDE (b);
ALTER TABLE item ADD CONSTRAINT bc UNIQUE (b, c) DEFERRABLE;
-- # exclusion
CREATE TABLE booking (room int4range, during tsrange, cancelled boolean);
-- >
ALTER TABLE booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT cancelled);
-- # exclusion changes
CREATE TABLE booking (room int4range, during tsrange);
-- <
ALTER TABLE booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&);
-- >
ALTER TABLE booking ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&) DEFERRABLE;
-- # exclusion of expressions with an operator class
-- >
CREATE TABLE span (a int, b int, t text, EXCLUDE USING gist (int4range(a, b) WITH &&));
ALTER TABLE span ADD CONSTRAINT once EXCLUDE USING btree (t text_pattern_ops WITH =) WITH (fillfactor = 60);
-- # unique becomes exclusion
CREATE TABLE item (a int);
-- <
ALTER TABLE item ADD CONSTRAINT alone UNIQUE (a);
-- >
ALTER TABLE item ADD CONSTRAINT alone EXCLUDE USING btree (a WITH =);
-- # a check that calls a new function
CREATE TABLE item (a int);
-- >
CREATE FUNCTION even(n int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT n % 2 = 0';
ALTER TABLE item ADD CONSTRAINT is_even CHECK (even(a));
-- # without overlaps (needs 18)
CREATE EXTENSION btree_gist;
-- >
CREATE TABLE stay (room int, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS));
CREATE TABLE meal (room int, during daterange, FOREIGN KEY (room, PERIOD during) REFERENCES stay);
-- # not enforced (needs 18)
CREATE TABLE item (a int);
-- >
ALTER TABLE item ADD CONSTRAINT someday CHECK (a > 0) NOT ENFORCED;
-- # a named not null (needs 18)
CREATE TABLE item (a int NOT NULL, b int);
-- >
ALTER TABLE item RENAME CONSTRAINT item_a_not_null TO a_is_there;
ALTER TABLE item ADD CONSTRAINT b_is_there NOT NULL b;
-- # a primary key under a view that groups by it
CREATE TABLE item (id int NOT NULL, name text);
-- <
ALTER TABLE item ADD CONSTRAINT key PRIMARY KEY (id);
CREATE VIEW counted AS SELECT id, name, count(*) AS n FROM item GROUP BY id;
-- >
ALTER TABLE item ADD CONSTRAINT key PRIMARY KEY (id) INCLUDE (name);
CREATE VIEW counted AS SELECT id, name, count(*) AS n FROM item GROUP BY id;
