-- # a partitioned table with partitions, keys and indexes
-- >
CREATE TABLE event (id bigint NOT NULL, at date NOT NULL, kind text DEFAULT 'x', CONSTRAINT known CHECK (kind <> ''),
    PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE INDEX event_kind ON event (kind);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
-- # a partition more
CREATE TABLE event (id bigint NOT NULL, at date NOT NULL, PRIMARY KEY (id, at), CHECK (id > 0)) PARTITION BY RANGE (at);
CREATE INDEX event_at ON event (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- >
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- # detached
CREATE TABLE event (id int, at date) PARTITION BY RANGE (at);
CREATE INDEX event_at ON event (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- >
ALTER TABLE event DETACH PARTITION event_2024;
-- # a key, an index and a check of a partitioned table
CREATE TABLE event (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- >
ALTER TABLE event ADD PRIMARY KEY (id, at);
ALTER TABLE event ADD CONSTRAINT positive CHECK (id > 0);
CREATE UNIQUE INDEX event_u ON event (at, id);
-- # a column of a partitioned table
CREATE TABLE event (id int, at date, old text) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- >
ALTER TABLE event ADD note text DEFAULT 'x', DROP old, ALTER id TYPE bigint, ALTER id SET NOT NULL;
CREATE INDEX event_note ON event (note);
-- # a foreign key of a partitioned table
CREATE TABLE kind (id int PRIMARY KEY);
CREATE TABLE event (kind int, at date) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- >
ALTER TABLE event ADD CONSTRAINT event_kind FOREIGN KEY (kind) REFERENCES kind;
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- # a foreign key to a partitioned table
CREATE TABLE event (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE line (id int, at date);
-- >
ALTER TABLE line ADD FOREIGN KEY (id, at) REFERENCES event;
-- # a trigger of a partitioned table
CREATE TABLE event (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
-- >
CREATE TRIGGER noted AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION t();
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- # other bounds
CREATE TABLE event (id int, kind text) PARTITION BY LIST (kind);
-- <
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');
-- >
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a', 'b');
-- # partitions of partitions
CREATE TABLE event (id int, kind text, at date) PARTITION BY LIST (kind);
CREATE INDEX event_id ON event (id);
-- >
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a') PARTITION BY RANGE (at);
CREATE TABLE event_a_2024 PARTITION OF event_a FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_hash PARTITION OF event DEFAULT PARTITION BY HASH (id);
CREATE TABLE event_hash_0 PARTITION OF event_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
-- # an index of a partitioned table changes
CREATE TABLE event (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- <
CREATE INDEX event_at ON event (at);
-- >
CREATE INDEX event_at ON event (at DESC, id);
-- # a partition with a default and an index of its own
CREATE TABLE event (id int, at date) PARTITION BY RANGE (at);
-- >
CREATE TABLE event_2024 PARTITION OF event (id DEFAULT 5) FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX own ON event_2024 (id);
ALTER TABLE event_2024 ADD CONSTRAINT mine CHECK (id < 100);
-- # a table becomes partitioned (leaves: a partition key of a table that is there)
-- <
CREATE TABLE event (id int, at date);
-- >
CREATE TABLE event (id int, at date) PARTITION BY RANGE (at);
-- # serial and identity in a partitioned table
-- >
CREATE TABLE event (id serial, at date) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- # a table with rows to come is attached
CREATE TABLE event (id int NOT NULL, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE event_2024 (id int NOT NULL, at date NOT NULL, CONSTRAINT event_2024_pkey PRIMARY KEY (id, at));
-- >
ALTER TABLE event ATTACH PARTITION event_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- # a foreign key to a new key of a partitioned table and of its partitions
CREATE TABLE event (id int NOT NULL, kind text NOT NULL, at date) PARTITION BY LIST (kind);
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a') PARTITION BY LIST (kind);
CREATE TABLE event_a_1 PARTITION OF event_a FOR VALUES IN ('a');
CREATE TABLE other (id int, kind text, UNIQUE (id, kind));
CREATE TABLE note (event_id int, event_kind text);
-- <
ALTER TABLE note ADD CONSTRAINT about FOREIGN KEY (event_id, event_kind) REFERENCES other (id, kind);
-- >
CREATE UNIQUE INDEX event_once ON event (id, kind);
ALTER TABLE note ADD CONSTRAINT about FOREIGN KEY (event_id, event_kind) REFERENCES event (id, kind);
-- # dropped partitions that foreign keys refer to through the table
CREATE TABLE event (id int, kind text, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE event_b PARTITION OF event FOR VALUES IN ('b');
CREATE TABLE note (event_id int, event_kind text, FOREIGN KEY (event_id, event_kind) REFERENCES event);
-- >
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a') PARTITION BY RANGE (id);
CREATE TABLE event_a_1 PARTITION OF event_a FOR VALUES FROM (1) TO (9);
ALTER TABLE event DETACH PARTITION event_b;
DROP TABLE event_b;
-- # identities of partitions
CREATE TABLE event (id int NOT NULL, kind text) PARTITION BY LIST (kind);
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');
CREATE TABLE event_b (id int NOT NULL, kind text);
CREATE TABLE message (id bigint GENERATED ALWAYS AS IDENTITY, kind text) PARTITION BY LIST (kind);
CREATE TABLE message_a PARTITION OF message FOR VALUES IN ('a');
-- >
ALTER TABLE event ALTER id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE event ATTACH PARTITION event_b FOR VALUES IN ('b');
ALTER TABLE message ALTER id SET GENERATED BY DEFAULT SET INCREMENT BY 10;
CREATE TABLE message_b PARTITION OF message FOR VALUES IN ('b');
CREATE TABLE line (id int GENERATED ALWAYS AS IDENTITY, kind text) PARTITION BY LIST (kind);
CREATE TABLE line_a PARTITION OF line FOR VALUES IN ('a') PARTITION BY RANGE (id);
CREATE TABLE line_a_1 PARTITION OF line_a FOR VALUES FROM (1) TO (3);
-- # a partition keeps what its table loses and gets
CREATE TABLE event (id int NOT NULL, a int NOT NULL, b int NOT NULL, kind text, d int DEFAULT 3, e int) PARTITION BY LIST (kind);
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');
CREATE TABLE event_b PARTITION OF event (PRIMARY KEY (a)) FOR VALUES IN ('b');
ALTER TABLE event_b ALTER e SET DEFAULT 4;
CREATE UNIQUE INDEX event_a_b ON event_a (b);
ALTER TABLE event_a REPLICA IDENTITY USING INDEX event_a_b;
-- >
ALTER TABLE event_b DROP CONSTRAINT event_b_pkey;
ALTER TABLE event ALTER id DROP NOT NULL, ALTER a DROP NOT NULL;
ALTER TABLE event_a ALTER id SET NOT NULL, ADD PRIMARY KEY (id);
ALTER TABLE event_b ADD PRIMARY KEY (a);
ALTER TABLE event ALTER kind SET STORAGE EXTERNAL, ALTER kind SET STATISTICS 100;
ALTER TABLE event_a ALTER kind SET STORAGE EXTENDED, ALTER kind SET STATISTICS 50;
ALTER TABLE ONLY event ALTER d DROP DEFAULT, ALTER e SET DEFAULT 5;
ALTER TABLE event_a ALTER d SET DEFAULT 6;
ALTER TABLE event ADD f int DEFAULT 4, ADD g int NOT NULL, ADD h int;
ALTER TABLE event_a ALTER f SET DEFAULT 2, ALTER g SET DEFAULT 2, ALTER h SET NOT NULL, ALTER h SET (n_distinct = 5);
ALTER TABLE event_b ALTER f DROP DEFAULT;
-- # keys and partitions of a table whose partition key changes (leaves: the partition key)
-- <
CREATE TABLE event (id int, kind text, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');
CREATE TABLE note (id int PRIMARY KEY, kind text, UNIQUE (kind));
-- >
CREATE TABLE event (id int PRIMARY KEY, kind text, n int) PARTITION BY LIST (id);
CREATE INDEX event_kind ON event (kind);
CREATE TABLE event_a PARTITION OF event FOR VALUES IN (1);
CREATE TABLE event_b PARTITION OF event FOR VALUES IN (2);
CREATE TABLE note (id int, kind text, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE note_a PARTITION OF note FOR VALUES IN ('a');
-- # keys of a table for which its partition has some already
CREATE TABLE event (id int NOT NULL, kind text NOT NULL) PARTITION BY LIST (kind);
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');
ALTER TABLE event_a ADD CONSTRAINT event_a_pk PRIMARY KEY (id, kind);
CREATE INDEX event_a_kind ON event_a (kind);
-- >
ALTER TABLE event ADD PRIMARY KEY (id, kind);
CREATE INDEX event_kind ON event (kind);
-- # a key without one in its partition
CREATE TABLE event (id int NOT NULL, kind text NOT NULL) PARTITION BY LIST (kind);
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');
CREATE UNIQUE INDEX event_a_kind ON event_a (kind);
-- >
ALTER TABLE ONLY event ADD PRIMARY KEY (kind);
-- # a partition's key is attached to an index (leaves: with the index, CASCADE would drop the key)
CREATE TABLE event (id int NOT NULL, kind text NOT NULL) PARTITION BY LIST (kind);
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');
-- >
ALTER TABLE event_a ADD CONSTRAINT event_a_pk PRIMARY KEY (id, kind);
CREATE UNIQUE INDEX event_once ON event (id, kind);
-- # a key takes the name of an index that stays (leaves: with the index, CASCADE would drop the partition's key)
CREATE TABLE event (id int NOT NULL, kind text NOT NULL) PARTITION BY LIST (kind);
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');
ALTER TABLE event_a ADD CONSTRAINT event_a_pk PRIMARY KEY (id, kind);
-- <
CREATE UNIQUE INDEX event_once ON event (id, kind);
-- >
ALTER TABLE event ADD CONSTRAINT event_once UNIQUE (id, kind);
-- # a check that is valid in one partition
CREATE TABLE event (id int, kind text) PARTITION BY LIST (kind);
CREATE TABLE event_a PARTITION OF event FOR VALUES IN ('a');
CREATE TABLE event_b PARTITION OF event FOR VALUES IN ('b');
-- >
ALTER TABLE event ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
ALTER TABLE event_b VALIDATE CONSTRAINT positive;
