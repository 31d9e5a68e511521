-- What audiences are chosen by, kept so that a count is looked up: tags, values of columns in comparing form, lists of
-- numbers that were uploaded to choose people by. `tag_key`, `value_key`, `value_number`, `value_day` and `cell_tags`
-- are functions of the program (store::functions), the same that compare in memory (domain::audience).

CREATE TABLE contact_tags (
    contact_id BLOB NOT NULL,
    tag_key    TEXT NOT NULL,
    -- As it was typed.
    tag        TEXT NOT NULL,
    PRIMARY KEY (contact_id, tag_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_tags_by_tag ON contact_tags (tag_key, contact_id, tag);

-- One row for each value in contacts.attributes, kept by the triggers below. `number`, `day` (days since 1970) where
-- the value can be read as one.
CREATE TABLE contact_values (
    name       TEXT NOT NULL,
    contact_id BLOB NOT NULL,
    value_key  TEXT NOT NULL,
    number     REAL,
    day        INTEGER,
    PRIMARY KEY (name, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_values_by_value ON contact_values (name, value_key);

CREATE TABLE audience_lists (
    list_id       BLOB    NOT NULL PRIMARY KEY,
    file_name     TEXT    NOT NULL,
    -- Rows of the file, numbers in it that nobody here has, rows without a number that can be read.
    rows          INTEGER NOT NULL,
    unknown       INTEGER NOT NULL,
    unreadable    INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audience_list_members (
    list_id    BLOB NOT NULL,
    contact_id BLOB NOT NULL,
    PRIMARY KEY (list_id, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX audience_list_members_by_contact ON audience_list_members (contact_id);

-- The variables and media that the template wanted when the audience was frozen: a campaign is not sent into another
-- template than the one its values were made for.
ALTER TABLE campaigns ADD COLUMN template_shape TEXT;
-- Media ids of the cards of a carousel, by the key of their header.
ALTER TABLE campaigns ADD COLUMN card_media TEXT NOT NULL DEFAULT '{}';

-- Whom anything left to, answered from the index alone.
DROP INDEX outbox_by_accepted;
CREATE INDEX outbox_by_accepted ON outbox (accepted_at_ms, contact_id) WHERE accepted_at_ms IS NOT NULL;

CREATE TRIGGER contact_values_added AFTER INSERT ON contacts
WHEN NEW.attributes <> '{}' AND json_valid(NEW.attributes)
BEGIN
    INSERT OR REPLACE INTO contact_values (name, contact_id, value_key, number, day)
        SELECT a.key, NEW.contact_id, value_key(a.value), value_number(a.value), value_day(a.value)
        FROM json_each(NEW.attributes) a WHERE value_key(a.value) <> '';
    INSERT OR IGNORE INTO contact_tags (contact_id, tag_key, tag)
        SELECT NEW.contact_id, tag_key(t.value), t.value
        FROM json_each(NEW.attributes) a, json_each(cell_tags(a.key, a.value)) t;
END;

CREATE TRIGGER contact_values_changed AFTER UPDATE OF attributes ON contacts
WHEN NEW.attributes IS NOT OLD.attributes AND json_valid(NEW.attributes) AND json_valid(OLD.attributes)
BEGIN
    DELETE FROM contact_values
        WHERE contact_id = OLD.contact_id AND name IN (SELECT a.key FROM json_each(OLD.attributes) a);
    INSERT OR REPLACE INTO contact_values (name, contact_id, value_key, number, day)
        SELECT a.key, NEW.contact_id, value_key(a.value), value_number(a.value), value_day(a.value)
        FROM json_each(NEW.attributes) a WHERE value_key(a.value) <> '';
    INSERT OR IGNORE INTO contact_tags (contact_id, tag_key, tag)
        SELECT NEW.contact_id, tag_key(t.value), t.value
        FROM json_each(NEW.attributes) a, json_each(cell_tags(a.key, a.value)) t;
END;

-- Two entries that turn out to be one person: what hung on the one hangs on the other.
CREATE TRIGGER contact_tags_merged AFTER UPDATE OF merged_into ON contacts
WHEN NEW.merged_into IS NOT NULL AND OLD.merged_into IS NOT NEW.merged_into
BEGIN
    INSERT OR IGNORE INTO contact_tags (contact_id, tag_key, tag)
        SELECT NEW.merged_into, t.tag_key, t.tag FROM contact_tags t WHERE t.contact_id = NEW.contact_id;
    DELETE FROM contact_tags WHERE contact_id = NEW.contact_id;
    UPDATE OR REPLACE audience_list_members SET contact_id = NEW.merged_into WHERE contact_id = NEW.contact_id;
    DELETE FROM contact_values WHERE contact_id = NEW.contact_id
        AND name IN (SELECT a.key FROM json_each(CASE WHEN json_valid(NEW.attributes) THEN NEW.attributes ELSE '{}' END) a);
END;

CREATE TRIGGER contact_tags_erased AFTER UPDATE OF erased_at_ms ON contacts
WHEN NEW.erased_at_ms IS NOT NULL
BEGIN
    DELETE FROM contact_tags WHERE contact_id = NEW.contact_id;
    DELETE FROM audience_list_members WHERE contact_id = NEW.contact_id;
    DELETE FROM contact_values WHERE contact_id = NEW.contact_id
        AND name IN (SELECT a.key FROM json_each(CASE WHEN json_valid(OLD.attributes) THEN OLD.attributes ELSE '{}' END) a);
END;

CREATE TRIGGER contact_tags_removed AFTER DELETE ON contacts
BEGIN
    DELETE FROM contact_tags WHERE contact_id = OLD.contact_id;
    DELETE FROM audience_list_members WHERE contact_id = OLD.contact_id;
    DELETE FROM contact_values WHERE contact_id = OLD.contact_id
        AND name IN (SELECT a.key FROM json_each(CASE WHEN json_valid(OLD.attributes) THEN OLD.attributes ELSE '{}' END) a);
END;

INSERT INTO contact_values (name, contact_id, value_key, number, day)
    SELECT a.key, c.contact_id, value_key(a.value), value_number(a.value), value_day(a.value)
    FROM contacts c, json_each(CASE WHEN json_valid(c.attributes) THEN c.attributes ELSE '{}' END) a
    WHERE c.merged_into IS NULL AND c.erased_at_ms IS NULL AND value_key(a.value) <> ''
    GROUP BY a.key, c.contact_id;
INSERT OR IGNORE INTO contact_tags (contact_id, tag_key, tag)
    SELECT c.contact_id, tag_key(t.value), t.value
    FROM contacts c, json_each(CASE WHEN json_valid(c.attributes) THEN c.attributes ELSE '{}' END) a,
         json_each(cell_tags(a.key, a.value)) t
    WHERE c.merged_into IS NULL AND c.erased_at_ms IS NULL;
