-- Format 3: what people said of matches, and what the corpus taught about confidence.

-- The log also holds these. SQLite cannot change a CHECK in place.
CREATE TABLE log_3 (
    position INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL CHECK (
        kind IN ('put', 'delete', 'alias', 'decide', 'regroup', 'rate', 'calibrate')
    ),
    id       TEXT NOT NULL,
    seal     INTEGER NOT NULL
) STRICT;

INSERT INTO log_3 SELECT position, kind, id, seal FROM log;
DROP TABLE log;
ALTER TABLE log_3 RENAME TO log;

-- The last word of each person on each match. The question is kept by its name alone; where it was a stored incident,
-- that is kept too, for the pair.
CREATE TABLE rating (
    question TEXT NOT NULL,
    incident TEXT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
    who      TEXT NOT NULL,
    asked    TEXT REFERENCES incident (id) ON DELETE CASCADE,
    useful   INTEGER NOT NULL,
    why      TEXT NOT NULL,
    at_secs  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    PRIMARY KEY (question, incident, who)
) STRICT, WITHOUT ROWID;

CREATE INDEX rating_incident ON rating (incident);
CREATE INDEX rating_asked ON rating (asked) WHERE asked IS NOT NULL;

-- One row: the newest calibration.
CREATE TABLE calibration (
    position INTEGER NOT NULL,
    payload  BLOB NOT NULL,
    seal     INTEGER NOT NULL
) STRICT;
