-- Which log this console was paired with (hex), and what it is called there. The device's key is in the keychain.
ALTER TABLE relay ADD COLUMN log_id TEXT NOT NULL DEFAULT '';
ALTER TABLE relay ADD COLUMN device_name TEXT NOT NULL DEFAULT '';

-- Opt-outs and erasures of this console that the desk's other consoles are to apply, until they come back as entries of
-- the relay's log. Written in the transaction of the opt-out itself.
CREATE TABLE relay_notes (
    note_id       BLOB    NOT NULL PRIMARY KEY,
    payload       BLOB    NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
