-- # of all kinds
CREATE TABLE note (id int, owner name);
-- >
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON note FOR SELECT TO pair_reader, pair_writer USING (owner = CURRENT_USER);
CREATE POLICY add ON note FOR INSERT WITH CHECK (id > 0);
CREATE POLICY limited ON note AS RESTRICTIVE FOR UPDATE USING (id > 0) WITH CHECK (id > 1);
CREATE POLICY remove ON note FOR DELETE USING (false);
COMMENT ON POLICY own ON note IS 'mine';
-- # changes
CREATE TABLE note (id int, owner name);
-- <
CREATE POLICY own ON note FOR SELECT TO pair_reader USING (owner = CURRENT_USER);
CREATE POLICY other ON note USING (id > 0);
-- >
CREATE POLICY own ON note FOR ALL TO pair_writer USING (owner = SESSION_USER) WITH CHECK (id > 0);
CREATE POLICY other ON note USING (id > 1);
-- # a column that a policy reads changes its type
CREATE TABLE note (id int, owner text);
CREATE POLICY own ON note USING (owner = CURRENT_USER);
-- >
DROP POLICY own ON note;
ALTER TABLE note ALTER owner TYPE varchar(64);
CREATE POLICY own ON note USING (owner = CURRENT_USER);
-- # a column that a policy reads goes
CREATE TABLE note (id int, owner text);
-- <
CREATE POLICY own ON note USING (owner = CURRENT_USER);
-- >
ALTER TABLE note DROP owner;
CREATE POLICY own ON note USING (id > 0);
-- # a policy that asks another table and a function
CREATE TABLE note (id int, team int);
-- >
CREATE TABLE member (team int, who name);
CREATE FUNCTION my_team() RETURNS int STABLE LANGUAGE sql AS 'SELECT team FROM member LIMIT 1';
CREATE POLICY team ON note USING (team = my_team() AND EXISTS (SELECT FROM member m WHERE m.team = note.team));
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
-- # renamed
CREATE TABLE note (id int);
CREATE POLICY own ON note USING (id > 0);
-- >
ALTER POLICY own ON note RENAME TO mine;
-- # row security taken away with its policies
CREATE TABLE note (id int);
-- <
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
ALTER TABLE note FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON note USING (id > 0);
