-- What the operator decided about sends whose outcome is unknown: to leave them, or to treat them as not sent. The row
-- of the outbox moves with it; this is who decided what, and when, until it is taken back or a status tells the truth.
CREATE TABLE unknown_decisions (
    outbox_id     BLOB    NOT NULL PRIMARY KEY,
    decision      TEXT    NOT NULL CHECK (decision IN ('leave', 'not_sent')),
    -- What was known of the row before: its reason, for taking the decision back.
    reason_code   TEXT,
    reason        TEXT,
    decided_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
