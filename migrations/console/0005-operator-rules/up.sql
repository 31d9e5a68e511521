-- What the operator set for one campaign beyond its message, as JSON: start, hours, end, whom it leaves out, budget.
ALTER TABLE campaigns ADD COLUMN operator_rules TEXT NOT NULL DEFAULT '{}';
-- When a scheduled campaign was looked at for the first time after its start. Much later than the start means that the
-- computer was off, and the operator said beforehand what happens then.
ALTER TABLE campaigns ADD COLUMN started_at_ms INTEGER;

-- Price lists of Meta as the operator imported them, by currency and the day from which they hold (pricing.md §7).
-- `rates`: list prices. `tiers`: prices by volume, for utility and authentication.
CREATE TABLE rate_cards (
    card_id        BLOB    NOT NULL PRIMARY KEY,
    kind           TEXT    NOT NULL CHECK (kind IN ('rates', 'tiers')),
    currency       TEXT    NOT NULL,
    effective_from TEXT    NOT NULL,
    file_name      TEXT    NOT NULL,
    sha256         TEXT    NOT NULL,
    imported_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX rate_cards_by_day ON rate_cards (kind, currency, effective_from);

-- Prices in millionths of the currency's unit. `from_count`: first message of the tier, 0 for a list price.
CREATE TABLE rate_card_prices (
    card_id     BLOB    NOT NULL,
    market_key  TEXT    NOT NULL,
    market      TEXT    NOT NULL,
    category    TEXT    NOT NULL,
    from_count  INTEGER NOT NULL DEFAULT 0,
    rate_micros INTEGER NOT NULL,
    PRIMARY KEY (card_id, market_key, category, from_count)
) STRICT, WITHOUT ROWID;

-- What a message may cost while that is not known (set aside at the claim), and what it did cost: charged, free, or
-- charged at a price that no card here has. Once per message, of what was delivered.
ALTER TABLE outbox ADD COLUMN reserved_micros INTEGER;
ALTER TABLE outbox ADD COLUMN cost_micros INTEGER;
ALTER TABLE outbox ADD COLUMN cost_kind TEXT;
ALTER TABLE outbox ADD COLUMN cost_month TEXT;

-- Sums of the four columns above by campaign (empty: single messages) and month, kept by the triggers below so that a
-- budget is looked up and not added up.
CREATE TABLE spend (
    campaign_id     BLOB    NOT NULL,
    month           TEXT    NOT NULL,
    reserved_micros INTEGER NOT NULL DEFAULT 0,
    actual_micros   INTEGER NOT NULL DEFAULT 0,
    charged         INTEGER NOT NULL DEFAULT 0,
    free            INTEGER NOT NULL DEFAULT 0,
    unpriced        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_id, month)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER outbox_spend AFTER UPDATE OF reserved_micros, cost_micros, cost_kind, cost_month ON outbox
WHEN NEW.cost_month IS NOT NULL
BEGIN
    UPDATE spend SET reserved_micros = reserved_micros - COALESCE(OLD.reserved_micros, 0),
        actual_micros = actual_micros - COALESCE(OLD.cost_micros, 0), charged = charged - (OLD.cost_kind IS 'charged'),
        free = free - (OLD.cost_kind IS 'free'), unpriced = unpriced - (OLD.cost_kind IS 'unpriced')
        WHERE campaign_id = COALESCE(OLD.campaign_id, x'') AND month = OLD.cost_month;
    INSERT INTO spend (campaign_id, month, reserved_micros, actual_micros, charged, free, unpriced)
        VALUES (COALESCE(NEW.campaign_id, x''), NEW.cost_month, COALESCE(NEW.reserved_micros, 0),
            COALESCE(NEW.cost_micros, 0), NEW.cost_kind IS 'charged', NEW.cost_kind IS 'free',
            NEW.cost_kind IS 'unpriced')
        ON CONFLICT (campaign_id, month) DO UPDATE SET reserved_micros = reserved_micros + excluded.reserved_micros,
            actual_micros = actual_micros + excluded.actual_micros, charged = charged + excluded.charged,
            free = free + excluded.free, unpriced = unpriced + excluded.unpriced;
END;

-- What did not leave, or came back, is no longer set aside.
CREATE TRIGGER outbox_release AFTER UPDATE OF state ON outbox
WHEN NEW.reserved_micros IS NOT NULL AND NEW.state IN ('queued', 'refused', 'withheld', 'cancelled', 'excluded')
BEGIN
    UPDATE outbox SET reserved_micros = NULL WHERE outbox_id = NEW.outbox_id;
END;

-- The other way of sending, for a message whose first was refused because it was the wrong one (messages.md §11).
ALTER TABLE outbox ADD COLUMN endpoint TEXT;

-- The operator's own lower limits of a number, and the stages of a number that is warming up.
CREATE TABLE number_limits (
    phone_number_id   TEXT PRIMARY KEY NOT NULL,
    per_second        INTEGER,
    per_day           INTEGER,
    warm_up_from_ms   INTEGER,
    warm_up_first_day INTEGER,
    warm_up_percent   INTEGER,
    warm_up_days      INTEGER
) STRICT, WITHOUT ROWID;
