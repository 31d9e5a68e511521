-- The console's database. Times are integer milliseconds UTC (`*_at_ms`); own ids are 16-byte UUID v7;
-- Meta's ids are text as received. Facts that prove something are appended (consent_events, attempts);
-- everything else is state that moves forward by guarded updates.

-- What this file is: install_id, generation (P11), created_at_ms, wall_high_water_ms (P8), ledger_head (P7).
CREATE TABLE meta (
    key   TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Operator settings, one JSON value per key.
CREATE TABLE settings (
    key   TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- That something changed, written in the same transaction as the change. Windows refetch by tag.
CREATE TABLE changes (
    seq   INTEGER PRIMARY KEY AUTOINCREMENT,
    tag   TEXT    NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- Last run and result of each background task.
CREATE TABLE tasks (
    name           TEXT PRIMARY KEY NOT NULL,
    last_run_at_ms INTEGER,
    last_result    TEXT,
    failed         INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- account

-- The connected WABA; one row.
CREATE TABLE account (
    id                      INTEGER PRIMARY KEY CHECK (id = 1),
    waba_id                 TEXT NOT NULL,
    waba_name               TEXT,
    app_id                  TEXT,
    currency                TEXT,
    timezone_id             TEXT,
    graph_url               TEXT NOT NULL,
    graph_version           TEXT NOT NULL,
    default_phone_number_id TEXT NOT NULL,
    token_type              TEXT,
    token_scopes            TEXT NOT NULL DEFAULT '[]',
    token_expires_at_ms     INTEGER,
    token_checked_at_ms     INTEGER,
    raw_waba                TEXT NOT NULL DEFAULT '{}',
    connected_at_ms         INTEGER NOT NULL,
    updated_at_ms           INTEGER NOT NULL
) STRICT;

CREATE TABLE phone_numbers (
    phone_number_id      TEXT PRIMARY KEY NOT NULL,
    waba_id              TEXT NOT NULL,
    display_phone_number TEXT NOT NULL,
    verified_name        TEXT,
    quality_rating       TEXT,
    status               TEXT,
    throughput_level     TEXT,
    messaging_limit      TEXT,
    raw                  TEXT NOT NULL DEFAULT '{}',
    updated_at_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Steps of the account checklist: what was found, or what the operator confirmed.
CREATE TABLE checklist (
    key             TEXT PRIMARY KEY NOT NULL,
    state           TEXT NOT NULL,
    detail          TEXT NOT NULL,
    checked_at_ms   INTEGER,
    confirmed_at_ms INTEGER
) STRICT, WITHOUT ROWID;

-- Reasons why nothing may be sent on the account (errors.md class A). Open while cleared_at_ms is null.
CREATE TABLE account_stops (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    graph_code    INTEGER,
    scope         TEXT NOT NULL,
    scope_id      TEXT,
    sentence      TEXT NOT NULL,
    remedy        TEXT NOT NULL,
    since_ms      INTEGER NOT NULL,
    cleared_at_ms INTEGER
) STRICT;

-- ---------------------------------------------------------------- templates

CREATE TABLE templates (
    template_id      TEXT PRIMARY KEY NOT NULL,
    waba_id          TEXT NOT NULL,
    name             TEXT NOT NULL,
    language         TEXT NOT NULL,
    category         TEXT NOT NULL,
    correct_category TEXT,
    status           TEXT NOT NULL,
    quality          TEXT,
    rejected_reason  TEXT,
    parameter_format TEXT NOT NULL DEFAULT 'POSITIONAL',
    components       TEXT NOT NULL DEFAULT '[]',
    -- Event times that guard each aspect: an older event never overrides a newer one.
    status_at_ms     INTEGER NOT NULL DEFAULT 0,
    quality_at_ms    INTEGER NOT NULL DEFAULT 0,
    category_at_ms   INTEGER NOT NULL DEFAULT 0,
    updated_at_ms    INTEGER NOT NULL,
    seen_at_ms       INTEGER NOT NULL,
    removed_at_ms    INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX templates_by_name ON templates (waba_id, name, language) WHERE removed_at_ms IS NULL;

CREATE TABLE template_events (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    template_id TEXT NOT NULL,
    at_ms       INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    text        TEXT NOT NULL,
    raw         TEXT,
    dedupe_key  TEXT UNIQUE
) STRICT;
CREATE INDEX template_events_by_template ON template_events (template_id, at_ms);

-- ---------------------------------------------------------------- people

CREATE TABLE contacts (
    contact_id          BLOB PRIMARY KEY NOT NULL,
    name                TEXT NOT NULL DEFAULT '',
    first_name          TEXT NOT NULL DEFAULT '',
    last_name           TEXT NOT NULL DEFAULT '',
    username            TEXT,
    -- Where to send: E.164 and business-scoped user id, as the identifiers beside say; `is_us` as pricing.md §6 counts.
    phone               TEXT,
    bsuid               TEXT,
    is_us               INTEGER NOT NULL DEFAULT 0,
    -- What lists show (name, else username, else number), and what they sort by and search looks in: the same,
    -- folded, then all other names and numbers.
    display_name        TEXT NOT NULL DEFAULT '',
    search_text         TEXT NOT NULL DEFAULT '',
    -- Copies of consent_state.summary and of "a campaign may send marketing as far as consent goes", for lists.
    consent             TEXT NOT NULL DEFAULT 'no_evidence',
    may_market          INTEGER NOT NULL DEFAULT 0,
    attributes          TEXT NOT NULL DEFAULT '{}',
    created_at_ms       INTEGER NOT NULL,
    updated_at_ms       INTEGER NOT NULL,
    last_activity_at_ms INTEGER,
    merged_into         BLOB,
    erased_at_ms        INTEGER
) STRICT, WITHOUT ROWID;
-- Lists, search and their counts read this index alone; the last two columns are there for the planner, which asks
-- for them although the index holds no others.
CREATE INDEX contacts_by_search ON contacts (search_text, consent, may_market, merged_into, erased_at_ms)
    WHERE merged_into IS NULL AND erased_at_ms IS NULL;
CREATE INDEX contacts_by_merged_into ON contacts (merged_into) WHERE merged_into IS NOT NULL;

-- Everything by which a person is recognised: `phone` (E.164), `phone_key` (comparing form, digits, only where it
-- differs from the number's own digits), `wa_id` (only where it differs from them), `bsuid`.
-- Usernames are re-assignable and therefore no identifier (webhooks.md §2.2).
CREATE TABLE identifiers (
    kind       TEXT NOT NULL,
    value      TEXT NOT NULL,
    contact_id BLOB NOT NULL,
    since_ms   INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifiers_by_contact ON identifiers (contact_id);

-- ---------------------------------------------------------------- consent

-- Wordings that people agreed to, once each.
CREATE TABLE wordings (
    sha256   BLOB PRIMARY KEY NOT NULL,
    text     TEXT NOT NULL,
    language TEXT
) STRICT, WITHOUT ROWID;

-- The consent ledger: append-only and chained (P7). `commitment` = HMAC-SHA256(salt, personal part);
-- `hash` = HMAC-SHA256(ledger key, prev_hash || public part || commitment). Erasing a person deletes
-- personal part and salt, never the row, so the chain stays whole.
CREATE TABLE consent_events (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id       BLOB NOT NULL UNIQUE,
    contact_id     BLOB,
    kind           TEXT NOT NULL,
    purposes       TEXT NOT NULL DEFAULT '[]',
    at_ms          INTEGER NOT NULL,
    at_precision   TEXT NOT NULL DEFAULT 'ms',
    recorded_at_ms INTEGER NOT NULL,
    via            TEXT NOT NULL,
    import_id      BLOB,
    row_number     INTEGER,
    -- The event that this one decides or lifts, if any.
    decides        BLOB,
    -- JSON: source, identifier, note, raw row, message id: what leads to the person.
    personal       TEXT,
    wording_sha256 BLOB,
    salt           BLOB,
    commitment     BLOB NOT NULL,
    prev_hash      BLOB NOT NULL,
    hash           BLOB NOT NULL,
    -- Change log position of the transaction that recorded it: sends started later must respect it (P2).
    change_seq     INTEGER NOT NULL,
    dedupe_key     TEXT
) STRICT;
CREATE INDEX consent_events_by_contact ON consent_events (contact_id);
CREATE UNIQUE INDEX consent_events_by_dedupe_key ON consent_events (dedupe_key) WHERE dedupe_key IS NOT NULL;

-- The fold of a person's consent events, kept beside them so that a claim checks one row. Rebuildable.
-- Columns named after a signal hold the id of the event that decides.
CREATE TABLE consent_state (
    contact_id              BLOB PRIMARY KEY NOT NULL,
    marketing_opt_in        BLOB,
    marketing_opt_in_at_ms  INTEGER,
    utility_opt_in          BLOB,
    utility_opt_in_at_ms    INTEGER,
    -- Whether the opt-in is an attestation: 1 marketing, 2 utility, 3 both.
    attested                INTEGER NOT NULL DEFAULT 0,
    declined                BLOB,
    declined_at_ms          INTEGER,
    opted_out               BLOB,
    opted_out_at_ms         INTEGER,
    marketing_stopped       BLOB,
    marketing_stopped_at_ms INTEGER,
    probable_opt_out        BLOB,
    probable_opt_out_at_ms  INTEGER,
    blocked                 BLOB,
    blocked_at_ms           INTEGER,
    erased                  BLOB,
    erased_at_ms            INTEGER,
    -- Word for lists and filters: opted_in, attested, opted_out, marketing_stopped, to_decide, no_evidence.
    summary                 TEXT NOT NULL DEFAULT 'no_evidence',
    -- When the consent that decides was given or withdrawn.
    decided_at_ms           INTEGER,
    last_event_at_ms        INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX consent_state_to_decide ON consent_state (probable_opt_out_at_ms) WHERE probable_opt_out IS NOT NULL;

-- Reachability, not consent: 131026, 131049, 130472 (errors.md §5).
CREATE TABLE reachability (
    contact_id           BLOB PRIMARY KEY NOT NULL,
    unreachable_until_ms INTEGER,
    withheld_until_ms    INTEGER,
    withheld_times       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Salted hashes of identifiers of erased people: they stay forbidden for a re-import.
CREATE TABLE erased_identifiers (
    hash         BLOB PRIMARY KEY NOT NULL,
    erased_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE imports (
    import_id      BLOB PRIMARY KEY NOT NULL,
    file_name      TEXT NOT NULL,
    sha256         TEXT NOT NULL,
    size_bytes     INTEGER NOT NULL,
    path           TEXT NOT NULL,
    mapping        TEXT NOT NULL,
    region         TEXT,
    has_header     INTEGER NOT NULL DEFAULT 1,
    unproven       TEXT NOT NULL,
    attestation    TEXT,
    state          TEXT NOT NULL,
    -- Records already written; after a crash it goes on from here.
    cursor_row     INTEGER NOT NULL DEFAULT 0,
    counts         TEXT NOT NULL DEFAULT '{}',
    created_at_ms  INTEGER NOT NULL,
    finished_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX imports_by_sha256 ON imports (sha256);

-- Rows that were not taken, for the file that the operator can save.
CREATE TABLE import_left_out (
    import_id  BLOB NOT NULL,
    row_number INTEGER NOT NULL,
    verdict    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    raw        TEXT NOT NULL,
    PRIMARY KEY (import_id, row_number)
) STRICT, WITHOUT ROWID;

-- Which people an import brought or touched: audiences and undo need it.
CREATE TABLE import_contacts (
    import_id  BLOB NOT NULL,
    contact_id BLOB NOT NULL,
    added      INTEGER NOT NULL,
    PRIMARY KEY (import_id, contact_id)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- campaigns and sends

CREATE TABLE campaigns (
    campaign_id        BLOB PRIMARY KEY NOT NULL,
    name               TEXT NOT NULL,
    state              TEXT NOT NULL,
    paused_code        TEXT,
    paused_reason      TEXT,
    template_id        TEXT,
    category           TEXT,
    phone_number_id    TEXT,
    audience           TEXT NOT NULL,
    variables          TEXT NOT NULL DEFAULT '[]',
    -- Media id of an uploaded header, and when it was uploaded (kept 30 days, messages.md §12).
    header_media_id    TEXT,
    header_media_at_ms INTEGER,
    launch_key         TEXT UNIQUE,
    -- Last contact written to the outbox; enqueueing goes on from here until enqueued_at_ms is set.
    enqueue_cursor     BLOB,
    enqueued_at_ms     INTEGER,
    created_at_ms      INTEGER NOT NULL,
    updated_at_ms      INTEGER NOT NULL,
    launched_at_ms     INTEGER,
    starts_at_ms       INTEGER,
    finished_at_ms     INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX campaigns_by_state ON campaigns (state);

-- One message owed to one person. Together with attempts: the send ledger.
CREATE TABLE outbox (
    outbox_id       BLOB PRIMARY KEY NOT NULL,
    campaign_id     BLOB,
    contact_id      BLOB NOT NULL,
    phone_number_id TEXT NOT NULL,
    -- template, text, media, opt_out_confirmation
    kind            TEXT NOT NULL,
    category        TEXT,
    template_id     TEXT,
    -- JSON of what is to be sent: values of variables, text, context wamid.
    content         TEXT NOT NULL DEFAULT '{}',
    state           TEXT NOT NULL,
    reason_code     TEXT,
    reason          TEXT,
    not_before_ms   INTEGER NOT NULL DEFAULT 0,
    tries           INTEGER NOT NULL DEFAULT 0,
    last_attempt_id BLOB,
    wamid           TEXT,
    delivery_rank   INTEGER NOT NULL DEFAULT 0,
    accepted_at_ms  INTEGER,
    sent_at_ms      INTEGER,
    delivered_at_ms INTEGER,
    read_at_ms      INTEGER,
    failed_at_ms    INTEGER,
    pricing         TEXT,
    idempotency_key TEXT,
    created_at_ms   INTEGER NOT NULL,
    updated_at_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- One person, one message per campaign (P3).
CREATE UNIQUE INDEX outbox_once_per_campaign ON outbox (campaign_id, contact_id) WHERE campaign_id IS NOT NULL;
CREATE INDEX outbox_claimable ON outbox (campaign_id, not_before_ms, outbox_id) WHERE state = 'queued';
CREATE INDEX outbox_open ON outbox (state, campaign_id) WHERE state IN ('claimed', 'sending', 'unknown', 'held');
CREATE INDEX outbox_counts ON outbox (campaign_id, state, delivery_rank);
CREATE UNIQUE INDEX outbox_by_wamid ON outbox (wamid) WHERE wamid IS NOT NULL;
CREATE INDEX outbox_by_contact ON outbox (contact_id, created_at_ms);
CREATE INDEX outbox_by_accepted ON outbox (accepted_at_ms) WHERE accepted_at_ms IS NOT NULL;
CREATE UNIQUE INDEX outbox_by_idempotency_key ON outbox (idempotency_key) WHERE idempotency_key IS NOT NULL;

-- One try to send; written and synced before anything leaves. Its id travels as biz_opaque_callback_data.
CREATE TABLE attempts (
    attempt_id     BLOB PRIMARY KEY NOT NULL,
    outbox_id      BLOB NOT NULL,
    claimed_at_ms  INTEGER NOT NULL,
    -- Change log position read together with the last look at suppression, right before the request was written (P2).
    started_seq    INTEGER,
    started_at_ms  INTEGER,
    finished_at_ms INTEGER,
    -- accepted, held, refused, throttled, not_sent, unknown, suppressed
    outcome        TEXT,
    wamid          TEXT,
    graph_code     INTEGER,
    detail         TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_by_outbox ON attempts (outbox_id);
CREATE INDEX attempts_open ON attempts (claimed_at_ms) WHERE outcome IS NULL;

-- Accepted and failed sends per second of a campaign, for its curve.
CREATE TABLE campaign_rate (
    campaign_id BLOB    NOT NULL,
    at_ms       INTEGER NOT NULL,
    accepted    INTEGER NOT NULL DEFAULT 0,
    failed      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_id, at_ms)
) STRICT, WITHOUT ROWID;

-- What the sender waits for and how far it slowed down; one row, kept across restarts (P8).
CREATE TABLE sender_state (
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    waiting_code     TEXT,
    waiting_sentence TEXT,
    since_ms         INTEGER NOT NULL DEFAULT 0,
    -- Share of the allowed rate after throttling (130429), 1 = all of it.
    rate_factor      REAL    NOT NULL DEFAULT 1,
    paused_until_ms  INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Statuses that came before we knew their wamid (a webhook may overtake the HTTP answer, P5).
CREATE TABLE early_statuses (
    wamid          TEXT NOT NULL,
    status         TEXT NOT NULL,
    at_ms          INTEGER NOT NULL,
    -- The status as JSON of ours: errors and pricing with it.
    raw            TEXT NOT NULL,
    recorded_at_ms INTEGER NOT NULL,
    PRIMARY KEY (wamid, status)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------- inbox

-- A message in the thread with one person, theirs or ours. Ours point at their outbox row.
CREATE TABLE messages (
    message_id      BLOB PRIMARY KEY NOT NULL,
    contact_id      BLOB NOT NULL,
    phone_number_id TEXT NOT NULL,
    direction       TEXT NOT NULL,
    kind            TEXT NOT NULL,
    text            TEXT NOT NULL DEFAULT '',
    -- JSON: header, footer, buttons, location, cards: what the bubble needs beyond the text.
    content         TEXT NOT NULL DEFAULT '{}',
    wamid           TEXT,
    context_wamid   TEXT,
    outbox_id       BLOB,
    media_file_id   BLOB,
    opt_out         INTEGER NOT NULL DEFAULT 0,
    at_ms           INTEGER NOT NULL,
    recorded_at_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX messages_by_wamid ON messages (wamid) WHERE wamid IS NOT NULL;
CREATE UNIQUE INDEX messages_by_outbox ON messages (outbox_id) WHERE outbox_id IS NOT NULL;
CREATE INDEX messages_by_contact ON messages (contact_id, at_ms, message_id);
CREATE INDEX messages_inbound ON messages (at_ms, contact_id) WHERE direction = 'in';

-- The newest reaction of a person to a message.
CREATE TABLE reactions (
    target_wamid TEXT NOT NULL,
    contact_id   BLOB NOT NULL,
    emoji        TEXT,
    at_ms        INTEGER NOT NULL,
    PRIMARY KEY (target_wamid, contact_id)
) STRICT, WITHOUT ROWID;

-- The newest change of a message by its author: a new text, or taken back. Beside the message, because it may come
-- first (webhooks.md §4.17).
CREATE TABLE edits (
    target_wamid TEXT PRIMARY KEY NOT NULL,
    revoked      INTEGER NOT NULL,
    text         TEXT,
    at_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per person with whom messages were exchanged: what the list shows.
CREATE TABLE threads (
    contact_id         BLOB PRIMARY KEY NOT NULL,
    phone_number_id    TEXT NOT NULL,
    last_message_id    BLOB,
    last_line          TEXT NOT NULL DEFAULT '',
    last_direction     TEXT NOT NULL DEFAULT 'in',
    last_at_ms         INTEGER NOT NULL,
    last_inbound_at_ms INTEGER,
    unread             INTEGER NOT NULL DEFAULT 0,
    -- 0 while a campaign's message is all there is: the list would drown in them.
    listed             INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE INDEX threads_by_activity ON threads (last_at_ms DESC, contact_id) WHERE listed = 1;
CREATE INDEX threads_unread ON threads (last_inbound_at_ms) WHERE unread > 0;
CREATE INDEX threads_by_window ON threads (last_inbound_at_ms, contact_id) WHERE last_inbound_at_ms IS NOT NULL;

-- Files of messages. The blob lies in the media folder under its own key, wrapped by a key of the database.
CREATE TABLE media_files (
    media_file_id  BLOB PRIMARY KEY NOT NULL,
    media_id       TEXT,
    contact_id     BLOB,
    kind           TEXT NOT NULL,
    mime_type      TEXT,
    file_name      TEXT,
    sha256         TEXT,
    size_bytes     INTEGER,
    -- fetching, retrying, here, lost
    state          TEXT NOT NULL,
    wrapped_key    BLOB,
    tries          INTEGER NOT NULL DEFAULT 0,
    next_try_at_ms INTEGER,
    expires_at_ms  INTEGER,
    created_at_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX media_files_to_fetch ON media_files (next_try_at_ms) WHERE state IN ('fetching', 'retrying');

-- ---------------------------------------------------------------- relay

-- Where we are in the relay's log; one row. The device token is in the keychain.
CREATE TABLE relay (
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    url              TEXT NOT NULL,
    desk             TEXT NOT NULL,
    device           TEXT NOT NULL,
    cursor           INTEGER NOT NULL DEFAULT 0,
    head             INTEGER NOT NULL DEFAULT 0,
    last_heard_at_ms INTEGER,
    bad_signatures   INTEGER NOT NULL DEFAULT 0,
    gaps             INTEGER NOT NULL DEFAULT 0,
    events_applied   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Events that were not understood, kept raw and read again after an upgrade (P4).
CREATE TABLE raw_events (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    relay_seq      INTEGER NOT NULL,
    field          TEXT NOT NULL,
    raw            BLOB NOT NULL,
    reason         TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL,
    read_by        TEXT NOT NULL,
    resolved_at_ms INTEGER
) STRICT;

-- Notices of the account and number fields, for Today and the timeline (webhooks.md §7).
CREATE TABLE account_events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    field      TEXT NOT NULL,
    at_ms      INTEGER NOT NULL,
    severity   TEXT NOT NULL,
    text       TEXT NOT NULL,
    raw        TEXT NOT NULL,
    dedupe_key TEXT UNIQUE,
    seen_at_ms INTEGER
) STRICT;
