-- Format 7: which files beside the database were made of this record, and as of which position of the log: a file that is
-- not named here is not believed. It holds no text.
CREATE TABLE voucher (
    name     TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    digest   BLOB NOT NULL,
    seal     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
