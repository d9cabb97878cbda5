-- Format 5: what whoever watches is told of. One row per change of a class that an incident brought; it holds no text.
-- The chain is a checksum of the row and the chain before it, so it stands for all events up to there.
CREATE TABLE event (
    number   INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    id       TEXT NOT NULL,
    class    INTEGER NOT NULL,
    body     TEXT NOT NULL,
    chain    INTEGER NOT NULL,
    seal     INTEGER NOT NULL
) STRICT;

CREATE INDEX event_incident ON event (id, class);
