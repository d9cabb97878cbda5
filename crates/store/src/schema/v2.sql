-- Format 2: what people decided, what happened to classes, and when all were grouped anew.

-- The log also holds decisions and batch passes. SQLite cannot change a CHECK in place.
CREATE TABLE log_2 (
    position INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL CHECK (kind IN ('put', 'delete', 'alias', 'decide', 'regroup')),
    id       TEXT NOT NULL,
    seal     INTEGER NOT NULL
) STRICT;

INSERT INTO log_2 SELECT position, kind, id, seal FROM log;
DROP TABLE log;
ALTER TABLE log_2 RENAME TO log;

-- The body is the whole decision as JSON. A decision is never changed: another one takes it back.
CREATE TABLE decision (
    number     INTEGER PRIMARY KEY,
    request_id TEXT UNIQUE,
    body       TEXT NOT NULL,
    seal       INTEGER NOT NULL
) STRICT;

-- In the order in which it happened. The incidents are their ids as a JSON list.
CREATE TABLE lineage (
    number    INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL CHECK (kind IN ('opened', 'split_from', 'merged_into', 'joined', 'left')),
    class     INTEGER NOT NULL REFERENCES class (number) DEFERRABLE INITIALLY DEFERRED,
    other     INTEGER REFERENCES class (number) DEFERRABLE INITIALLY DEFERRED,
    incidents TEXT NOT NULL,
    position  INTEGER NOT NULL,
    epoch     INTEGER NOT NULL,
    decision  INTEGER,
    seal      INTEGER NOT NULL
) STRICT;

CREATE INDEX lineage_class ON lineage (class);
CREATE INDEX lineage_other ON lineage (other) WHERE other IS NOT NULL;
