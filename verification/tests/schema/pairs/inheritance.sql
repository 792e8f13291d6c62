-- # a child with inherited checks
-- >
CREATE TABLE animal (id int PRIMARY KEY, name text NOT NULL DEFAULT 'x', CONSTRAINT named CHECK (name <> ''));
CREATE TABLE dog (tail numeric, CONSTRAINT wags CHECK (tail > 0)) INHERITS (animal);
-- # a check and a column of the parent
CREATE TABLE animal (id int, old text);
CREATE TABLE dog (tail numeric) INHERITS (animal);
-- >
ALTER TABLE animal ADD name text NOT NULL DEFAULT 'x', DROP old;
ALTER TABLE animal ADD CONSTRAINT named CHECK (name <> '');
-- # type and default in the parent
CREATE TABLE animal (id int, name varchar(5) DEFAULT 'a');
CREATE TABLE dog () INHERITS (animal);
-- >
ALTER TABLE animal ALTER name TYPE text, ALTER name SET DEFAULT 'b', ALTER id SET NOT NULL;
-- # two parents and an own default
-- >
CREATE TABLE a (id int, x int);
CREATE TABLE b (id int, y int);
CREATE TABLE c (z int) INHERITS (a, b);
ALTER TABLE c ALTER x SET DEFAULT 7;
ALTER TABLE c ALTER y SET NOT NULL;
-- # no longer a child (leaves: what a child has of its own stays its own)
CREATE TABLE animal (id int, CHECK (id > 0));
CREATE TABLE dog (tail int) INHERITS (animal);
-- >
ALTER TABLE dog NO INHERIT animal;
-- # made a child
CREATE TABLE animal (id int, CONSTRAINT positive CHECK (id > 0));
CREATE TABLE dog (id int, tail int, CONSTRAINT positive CHECK (id > 0));
-- >
ALTER TABLE dog INHERIT animal;
-- # a column that comes with a new parent
-- <
CREATE TABLE animal (id int);
CREATE TABLE dog (tail int) INHERITS (animal);
-- >
CREATE TABLE animal (id int);
CREATE TABLE pet (owner text);
CREATE TABLE dog (tail int) INHERITS (animal, pet);
-- # the parent goes and the child stays (leaves: what a child has of its own stays its own)
-- <
CREATE TABLE animal (id int);
CREATE TABLE dog (tail int) INHERITS (animal);
-- >
CREATE TABLE dog (id int, tail int);
-- # a column renamed in the parent
CREATE TABLE animal (id int, name text CHECK (name <> ''));
CREATE TABLE dog (tail int) INHERITS (animal);
-- >
ALTER TABLE animal RENAME name TO title;
-- # the family goes
-- <
CREATE TABLE animal (id int, CHECK (id > 0));
CREATE TABLE dog (tail int) INHERITS (animal);
CREATE TABLE puppy () INHERITS (dog);
CREATE VIEW dogs AS SELECT id FROM dog;
-- # a column that is the child's own, too
CREATE TABLE animal (id int);
CREATE TABLE dog (tail int) INHERITS (animal);
-- >
ALTER TABLE dog ADD name text;
ALTER TABLE animal ADD name text;
-- # another parent, whose sequence numbers the child: apgdiff modify_inherits (leaves: NO INHERIT makes a column its own)
-- <
CREATE TABLE parent (id bigserial, note text);
CREATE TABLE child (more integer) INHERITS (parent);
-- >
CREATE TABLE parent (note text);
CREATE TABLE parent2 (id bigserial);
CREATE TABLE child (more integer, note text) INHERITS (parent2);
-- # a child keeps what its parent loses and gets
CREATE TABLE parent (id int NOT NULL, n int DEFAULT 1, m int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE after_parent () INHERITS (parent);
ALTER TABLE after_parent ALTER m SET DEFAULT 3;
-- >
ALTER TABLE parent ALTER id DROP NOT NULL;
ALTER TABLE child ADD PRIMARY KEY (id);
ALTER TABLE after_parent ALTER id SET NOT NULL;
ALTER TABLE ONLY parent ALTER n SET DEFAULT 2, ALTER m SET DEFAULT 2;
ALTER TABLE child ALTER n SET DEFAULT 3;
ALTER TABLE parent ADD x text;
ALTER TABLE child ALTER x SET NOT NULL, ALTER x SET DEFAULT '';
-- # checks of one name that are not inherited
CREATE TABLE parent (note text);
CREATE TABLE child () INHERITS (parent);
-- >
ALTER TABLE parent ADD CONSTRAINT short CHECK (note < 'b') NO INHERIT;
ALTER TABLE child ADD CONSTRAINT short CHECK (note < 'c');
