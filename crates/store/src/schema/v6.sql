-- Format 6: which answers go out to where, and how far each is. One row for each incident and destination, for as long as
-- the incident is stored, so that none goes out twice; it holds no text. Times are in milliseconds since 1970, UTC.
CREATE TABLE note (
    destination TEXT NOT NULL,
    incident    TEXT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'given_up')),
    attempts    INTEGER NOT NULL,
    queued_at   INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    seal        INTEGER NOT NULL,
    PRIMARY KEY (destination, incident)
) STRICT, WITHOUT ROWID;

CREATE INDEX note_incident ON note (incident);
CREATE INDEX note_due ON note (destination, due_at) WHERE state IN ('waiting', 'sending');
