-- What the template said when the campaign was launched (a hash of its texts without their samples): when it says
-- something else later, the campaign is paused, for its values were chosen for other words.
ALTER TABLE campaigns ADD COLUMN template_hash TEXT;
-- What was foretold at the launch, as JSON (people, start, end, cost): the report stands beside it. Names nobody.
ALTER TABLE campaigns ADD COLUMN plan TEXT;

-- The campaign that a single message tries out. Tests go to the operator's own phones and count for no cap.
ALTER TABLE outbox ADD COLUMN test_of BLOB;
CREATE INDEX outbox_tests ON outbox (test_of, created_at_ms) WHERE test_of IS NOT NULL;

-- Every step of a campaign, for its timeline; written by the trigger below, whatever makes the step.
CREATE TABLE campaign_events (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign_id BLOB    NOT NULL,
    at_ms       INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    code        TEXT,
    reason      TEXT
) STRICT;
CREATE INDEX campaign_events_by_campaign ON campaign_events (campaign_id, id);

CREATE TRIGGER campaign_steps AFTER UPDATE OF state ON campaigns WHEN OLD.state <> NEW.state
BEGIN
    INSERT INTO campaign_events (campaign_id, at_ms, state, code, reason)
        VALUES (NEW.campaign_id, NEW.updated_at_ms, NEW.state, NEW.paused_code, NEW.paused_reason);
END;

-- The newest rehearsal of a campaign: its figures as JSON, and a hash of the draft that was rehearsed, so that a later
-- change is noticed. Names nobody: the people of a rehearsal are deleted with it.
CREATE TABLE rehearsals (
    campaign_id BLOB    PRIMARY KEY NOT NULL,
    at_ms       INTEGER NOT NULL,
    draft_hash  TEXT    NOT NULL,
    report      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER campaign_forgotten AFTER DELETE ON campaigns
BEGIN
    DELETE FROM rehearsals WHERE campaign_id = OLD.campaign_id;
    DELETE FROM campaign_events WHERE campaign_id = OLD.campaign_id;
END;
