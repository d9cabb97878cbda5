-- Format 4. The messages of alerting systems that were received, so that a copy of one is known; no text of them.
CREATE TABLE message (
    source      TEXT NOT NULL,
    id          TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    seal        INTEGER NOT NULL,
    PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_received ON message (received_at);
