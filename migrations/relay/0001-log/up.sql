-- The relay's durable log. One ordered, gapless sequence per desk.

-- Head and floor are kept apart from the entries so that they survive when every entry has been dropped.
CREATE TABLE desks (
    desk_id        INTEGER PRIMARY KEY AUTOINCREMENT,
    name           TEXT    NOT NULL UNIQUE,
    head           INTEGER NOT NULL DEFAULT 0 CHECK (head >= 0),
    floor          INTEGER NOT NULL DEFAULT 1 CHECK (floor >= 1 AND floor <= head + 1),
    bad_signatures INTEGER NOT NULL DEFAULT 0
) STRICT;

-- sealed holds the payload; with epoch 0 it is not encrypted and nonce is empty.
CREATE TABLE entries (
    desk_id     INTEGER NOT NULL REFERENCES desks (desk_id),
    seq         INTEGER NOT NULL CHECK (seq >= 1),
    kind        INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    epoch       INTEGER NOT NULL DEFAULT 0,
    nonce       BLOB    NOT NULL DEFAULT x'',
    sealed      BLOB    NOT NULL,
    note_id     BLOB,
    PRIMARY KEY (desk_id, seq)
) STRICT;

-- A note that a console sends again after a lost answer is the same note.
CREATE UNIQUE INDEX entries_by_note ON entries (desk_id, note_id) WHERE note_id IS NOT NULL;

-- How far each device has committed.
CREATE TABLE cursors (
    desk_id INTEGER NOT NULL REFERENCES desks (desk_id),
    device  TEXT    NOT NULL,
    acked   INTEGER NOT NULL DEFAULT 0,
    seen_ms INTEGER NOT NULL,
    PRIMARY KEY (desk_id, device)
) STRICT, WITHOUT ROWID;
