-- One B-tree instead of a table and its index: id is (desk_id << 40) | seq, so a desk's entries lie side by side and a
-- new one always goes to the right edge.
CREATE TABLE log (
    id          INTEGER PRIMARY KEY,
    kind        INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    epoch       INTEGER NOT NULL,
    nonce       BLOB    NOT NULL,
    sealed      BLOB    NOT NULL,
    note_id     BLOB
) STRICT;

INSERT INTO log (id, kind, received_ms, epoch, nonce, sealed, note_id)
SELECT (desk_id << 40) | seq, kind, received_ms, epoch, nonce, sealed, note_id FROM entries ORDER BY desk_id, seq;

DROP TABLE entries;

-- A note that a console sends again after a lost answer is the same note.
CREATE UNIQUE INDEX log_by_note ON log (id >> 40, note_id) WHERE note_id IS NOT NULL;

-- Notes and leases: the last one of a desk is told to its consoles.
CREATE INDEX log_of_notes ON log (id) WHERE kind IN (2, 4);

-- desks.head is written only when entries are dropped: the head is the larger of it and the last entry.
