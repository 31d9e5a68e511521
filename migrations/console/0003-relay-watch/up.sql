-- How the link stands and who sends, as the process that holds the link last knew; the profile's other processes show it.
-- connecting, connected, waiting, unreachable, refused
ALTER TABLE relay ADD COLUMN link TEXT;
ALTER TABLE relay ADD COLUMN link_reason TEXT;
ALTER TABLE relay ADD COLUMN link_since_ms INTEGER;
-- nobody, here, elsewhere, changing_hands
ALTER TABLE relay ADD COLUMN sender TEXT;
-- Sending is to be taken over: written by whichever process the operator used, carried out by the one that holds the link.
ALTER TABLE relay ADD COLUMN take_over_asked_at_ms INTEGER;
-- When the relay took the newest webhook that was applied here.
ALTER TABLE relay ADD COLUMN last_webhook_at_ms INTEGER;
-- The alarm of a silence that is unusual for this desk, while it holds: JSON of its kind, since when, and figures.
ALTER TABLE relay ADD COLUMN silence TEXT;

-- In which hours (Unix time / 3,600,000) webhooks came, for the last weeks: what is usual for this desk.
CREATE TABLE webhook_hours (
    hour    INTEGER PRIMARY KEY,
    entries INTEGER NOT NULL
) STRICT;

-- Looks at Meta's message history for messages whose statuses are overdue.
CREATE TABLE message_audits (
    outbox_id    BLOB    PRIMARY KEY NOT NULL,
    looks        INTEGER NOT NULL,
    looked_at_ms INTEGER NOT NULL,
    -- When the next look is due; none = no more.
    next_at_ms   INTEGER,
    -- The status that a look brought and no webhook had: source of what the outbox row says.
    found        TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX message_audits_by_look ON message_audits (looked_at_ms);
-- Who waits for a first tick, or for the second: few at any time.
CREATE INDEX outbox_undelivered ON outbox (accepted_at_ms)
    WHERE state = 'accepted' AND delivery_rank < 2 AND wamid IS NOT NULL;

-- What a kept entry was, so that a later version can read it as that.
ALTER TABLE raw_events ADD COLUMN kind INTEGER;
ALTER TABLE raw_events ADD COLUMN note_id BLOB;
