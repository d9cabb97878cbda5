-- Format 1. The seal that ends each row is a checksum of the columns before it.

-- Every change that has a position, so that the history can be counted; it holds no text.
CREATE TABLE log (
    position INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL CHECK (kind IN ('put', 'delete', 'alias')),
    id       TEXT NOT NULL,
    seal     INTEGER NOT NULL
) STRICT;

-- Live incidents; the body is the whole incident as JSON.
CREATE TABLE incident (
    position    INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    source      TEXT NOT NULL,
    external_id TEXT NOT NULL,
    digest      BLOB,
    body        TEXT NOT NULL,
    seal        INTEGER NOT NULL,
    UNIQUE (source, external_id)
) STRICT;

CREATE INDEX incident_digest ON incident (digest) WHERE digest IS NOT NULL;

CREATE TABLE class (
    number             INTEGER PRIMARY KEY,
    opened_at_position INTEGER NOT NULL,
    merged_into        INTEGER REFERENCES class (number) DEFERRABLE INITIALLY DEFERRED,
    seal               INTEGER NOT NULL
) STRICT;

-- Apart from the incidents, so that a clustering rewrites numbers and no texts.
CREATE TABLE member (
    id    TEXT PRIMARY KEY REFERENCES incident (id) ON DELETE CASCADE,
    class INTEGER NOT NULL REFERENCES class (number) DEFERRABLE INITIALLY DEFERRED,
    seal  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX member_class ON member (class);

-- Byte-equal copies under other names.
CREATE TABLE alias (
    source      TEXT NOT NULL,
    external_id TEXT NOT NULL,
    digest      BLOB NOT NULL,
    of          TEXT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
    seal        INTEGER NOT NULL,
    PRIMARY KEY (source, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX alias_of ON alias (of);

-- One row: the newest epoch.
CREATE TABLE epoch (
    number   INTEGER NOT NULL,
    position INTEGER NOT NULL,
    payload  BLOB NOT NULL,
    seal     INTEGER NOT NULL
) STRICT;
