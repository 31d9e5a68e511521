//! People: names, addresses, and the list that the window searches.

use rusqlite::{Connection, OptionalExtension, Row, Statement};
use switchboard_domain::ids::{Bsuid, ContactId, ImportId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::text_fold::fold;
use switchboard_domain::time::UnixMillis;

use super::identifiers::PersonKeys;
use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// Names of a person as given. Hidden in `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Whole name.
    pub full: String,
    /// First name.
    pub first: String,
    /// Last name.
    pub last: String,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Names(hidden)")
    }
}

impl Names {
    /// A whole name alone, for example a profile name; the first word stands for the first name.
    pub fn of_full(full: &str) -> Self {
        let full = full.trim();
        Self {
            full: full.to_owned(),
            first: full.split_whitespace().next().unwrap_or_default().to_owned(),
            last: String::new(),
        }
    }

    /// The whole name, or the parts joined.
    pub fn whole(&self) -> String {
        if !self.full.trim().is_empty() {
            return self.full.trim().to_owned();
        }
        format!("{} {}", self.first.trim(), self.last.trim()).trim().to_owned()
    }
}

/// One person.
#[derive(Clone)]
pub struct ContactRecord {
    /// Our id.
    pub contact_id: ContactId,
    /// Whole name, may be empty.
    pub name: String,
    /// First name, may be empty.
    pub first_name: String,
    /// Last name, may be empty.
    pub last_name: String,
    /// Username without `@`.
    pub username: Option<String>,
    /// Number to send to, E.164.
    pub phone: Option<String>,
    /// User id to send to.
    pub bsuid: Option<String>,
    /// Counts as United States for marketing.
    pub is_us: bool,
    /// What lists show.
    pub display_name: String,
    /// JSON object of attributes.
    pub attributes: String,
    /// Summary word of the consent state.
    pub consent: String,
    /// When first known.
    pub created_at: UnixMillis,
    /// When last heard of.
    pub last_activity_at: Option<UnixMillis>,
    /// Data erased.
    pub erased: bool,
}

impl std::fmt::Debug for ContactRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactRecord").field("contact_id", &self.contact_id).finish_non_exhaustive()
    }
}

const COLUMNS: &str = "contact_id, name, first_name, last_name, username, phone, bsuid, is_us, display_name, attributes, \
     consent, created_at_ms, last_activity_at_ms, erased_at_ms";

fn record(r: &Row<'_>) -> rusqlite::Result<ContactRecord> {
    Ok(ContactRecord {
        contact_id: r.id("contact_id")?,
        name: r.get("name")?,
        first_name: r.get("first_name")?,
        last_name: r.get("last_name")?,
        username: r.get("username")?,
        phone: r.get("phone")?,
        bsuid: r.get("bsuid")?,
        is_us: r.get("is_us")?,
        display_name: r.get("display_name")?,
        attributes: r.get("attributes")?,
        consent: r.get("consent")?,
        created_at: r.ms("created_at_ms")?,
        last_activity_at: r.ms_opt("last_activity_at_ms")?,
        erased: r.get::<_, Option<i64>>("erased_at_ms")?.is_some(),
    })
}

/// The person to whom this id leads today: itself, or whom it was merged into.
///
/// # Errors
/// [`StoreError`].
pub fn present_id(connection: &Connection, id: ContactId) -> Result<Option<ContactId>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT COALESCE(merged_into, contact_id) AS present FROM contacts WHERE contact_id = ?1")?;
    Ok(statement.query_row([id.bytes()], |r| r.id("present")).optional()?)
}

/// One person by id; a merged id leads to whom it was merged into.
///
/// # Errors
/// [`StoreError`].
pub fn get(connection: &Connection, id: ContactId) -> Result<Option<ContactRecord>, StoreError> {
    let Some(present) = present_id(connection, id)? else { return Ok(None) };
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM contacts WHERE contact_id = ?1"))?;
    Ok(statement.query_row([present.bytes()], record).optional()?)
}

/// A person to insert.
pub struct NewContact<'a> {
    /// Our id.
    pub contact_id: ContactId,
    /// Names.
    pub names: &'a Names,
    /// Who they are.
    pub keys: &'a PersonKeys,
    /// JSON object of attributes.
    pub attributes: &'a str,
    /// Summary word of the consent state that is written beside.
    pub consent: &'a str,
    /// Whether consent lets marketing through (the country is looked at here).
    pub marketing_consent: bool,
}

/// What lists show: name, else username, else number, else a word.
fn display_name(whole: &str, username: Option<&str>, phone: Option<&str>) -> String {
    if !whole.is_empty() {
        return whole.to_owned();
    }
    match (username, phone) {
        (Some(u), _) if !u.is_empty() => format!("@{u}"),
        (_, Some(p)) => p.to_owned(),
        _ => "WhatsApp user".to_owned(),
    }
}

/// What the list sorts by and search looks in: the shown name first, then what else people type.
fn search_text(shown: &str, username: Option<&str>, phone: Option<&str>) -> String {
    let mut text = fold(shown);
    let mut add = |more: &str| {
        if !more.is_empty() && !text.contains(more) {
            text.push(' ');
            text.push_str(more);
        }
    };
    if let Some(u) = username {
        add(&fold(u));
    }
    if let Some(p) = phone {
        add(p.trim_start_matches('+'));
    }
    text
}

/// The columns of a new person, worked out without a database.
pub(super) struct Columns {
    whole: String,
    first: String,
    last: String,
    username: Option<String>,
    phone: Option<String>,
    bsuid: Option<String>,
    is_us: bool,
    shown: String,
    search_text: String,
    attributes: String,
    consent: String,
    may_market: bool,
}

impl Columns {
    pub(super) fn of(new: &NewContact<'_>) -> Self {
        let phone = new.keys.number().map(|p| p.as_e164().to_owned());
        let username = new.keys.username.clone();
        let whole = new.names.whole();
        let shown = display_name(&whole, username.as_deref(), phone.as_deref());
        let is_us = new.keys.is_us();
        Self {
            search_text: search_text(&shown, username.as_deref(), phone.as_deref()),
            first: new.names.first.trim().to_owned(),
            last: new.names.last.trim().to_owned(),
            bsuid: new.keys.bsuid.as_ref().map(|b| b.as_str().to_owned()),
            attributes: new.attributes.to_owned(),
            consent: new.consent.to_owned(),
            may_market: new.marketing_consent && !is_us,
            whole,
            username,
            phone,
            is_us,
            shown,
        }
    }
}

pub(super) const INSERT: &str = "INSERT INTO contacts (contact_id, name, first_name, last_name, username, phone, bsuid, \
     is_us, display_name, search_text, consent, may_market, attributes, created_at_ms, updated_at_ms) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14)";

/// Inserts the row of a person with a statement that is prepared already.
pub(super) fn insert_with(
    insert: &mut Statement<'_>,
    id: ContactId,
    c: &Columns,
    now: UnixMillis,
) -> Result<(), StoreError> {
    insert.execute(rusqlite::params![
        id.bytes(),
        c.whole,
        c.first,
        c.last,
        c.username,
        c.phone,
        c.bsuid,
        c.is_us,
        c.shown,
        c.search_text,
        c.consent,
        c.may_market,
        c.attributes,
        now.as_ms(),
    ])?;
    Ok(())
}

/// Inserts a person with their identifiers. The caller has looked that none of them is known.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &WriteTx<'_>, new: &NewContact<'_>) -> Result<(), StoreError> {
    insert_with(&mut *tx.prepare_cached(INSERT)?, new.contact_id, &Columns::of(new), tx.now())?;
    super::identifiers::attach(tx, new.contact_id, new.keys, None)?;
    Ok(())
}

/// Writes what became known since: names and attributes where they are empty (or all, if `overwrite`), addresses
/// where there are none. Returns whether anything changed.
///
/// # Errors
/// [`StoreError`].
pub fn learn(
    tx: &WriteTx<'_>,
    id: ContactId,
    names: &Names,
    keys: &PersonKeys,
    attributes: Option<&str>,
    overwrite: bool,
) -> Result<bool, StoreError> {
    let Some(was) = get(tx, id)? else { return Ok(false) };
    let pick =
        |old: &str, new: String| if new.is_empty() || (!overwrite && !old.is_empty()) { old.to_owned() } else { new };
    let name = pick(&was.name, names.whole());
    let first = pick(&was.first_name, names.first.trim().to_owned());
    let last = pick(&was.last_name, names.last.trim().to_owned());
    let username = keys.username.clone().filter(|u| !u.is_empty()).or_else(|| was.username.clone());
    let known = was.phone.clone().map(PhoneNumber::from_stored);
    // WhatsApp names another number for a user id that we know: the person changed it, and it moves along.
    let changed = keys
        .wa_id
        .as_ref()
        .and_then(PhoneNumber::from_wa_id)
        .filter(|new| known.as_ref().is_some_and(|k| k.canonical() != new.canonical()));
    let phone = changed.or_else(|| known.clone()).or_else(|| keys.number()).map(|p| p.as_e164().to_owned());
    // The newest user id is the one to send to: it changes with the number (messages.md §3).
    let bsuid = keys.bsuid.as_ref().map(|b| b.as_str().to_owned()).or_else(|| was.bsuid.clone());
    let merged_attributes = attributes.map_or_else(|| was.attributes.clone(), |new| merge_json(&was.attributes, new));
    let same = name == was.name
        && first == was.first_name
        && last == was.last_name
        && username == was.username
        && phone == was.phone
        && bsuid == was.bsuid
        && merged_attributes == was.attributes;
    let attached = super::identifiers::attach(tx, was.contact_id, keys, known.as_ref())? > 0;
    if same {
        return Ok(attached);
    }
    let shown = display_name(&name, username.as_deref(), phone.as_deref());
    let address = PersonKeys {
        phone: phone.clone().map(PhoneNumber::from_stored),
        bsuid: bsuid.clone().map(Bsuid::new),
        ..PersonKeys::default()
    };
    let is_us = address.is_us();
    tx.prepare_cached(
        "UPDATE contacts SET name = ?2, first_name = ?3, last_name = ?4, username = ?5, phone = ?6, bsuid = ?7, is_us = ?8,
             display_name = ?9, search_text = ?10, attributes = ?11, updated_at_ms = ?12
         WHERE contact_id = ?1",
    )?
    .execute(rusqlite::params![
        was.contact_id.bytes(),
        name,
        first,
        last,
        username,
        phone,
        bsuid,
        is_us,
        shown,
        search_text(&shown, username.as_deref(), phone.as_deref()),
        merged_attributes,
        tx.now().as_ms(),
    ])?;
    if is_us != was.is_us {
        let state = super::consent_state::get(tx, was.contact_id)?;
        super::consent_state::put(tx, was.contact_id, &state)?;
    }
    Ok(true)
}

/// Two JSON objects as one; the second wins where both name a key.
fn merge_json(old: &str, new: &str) -> String {
    if new == "{}" || new == old {
        return old.to_owned();
    }
    let object = |t: &str| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(t).unwrap_or_default();
    let mut all = object(old);
    all.extend(object(new));
    serde_json::Value::Object(all).to_string()
}

/// The number is theirs no more: nothing is sent there, and the next one that is learned takes its place.
///
/// # Errors
/// [`StoreError`].
pub fn forget_phone(tx: &WriteTx<'_>, id: ContactId) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE contacts SET phone = NULL WHERE contact_id = ?1")?.execute([id.bytes()])?;
    Ok(())
}

/// The person was heard of.
///
/// # Errors
/// [`StoreError`].
pub fn heard_of(tx: &WriteTx<'_>, id: ContactId, at: UnixMillis) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE contacts SET last_activity_at_ms = ?2 WHERE contact_id = ?1 AND COALESCE(last_activity_at_ms, 0) < ?2",
    )?
    .execute((id.bytes(), at.as_ms()))?;
    Ok(())
}

/// Which people a list shows.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    /// Text to look for, as typed.
    pub search: Option<String>,
    /// Consent words; empty = any.
    pub consent: Vec<&'static str>,
    /// Only those whom a campaign may send marketing as far as consent and country go.
    pub may_market: bool,
    /// Only those whom this import brought or touched.
    pub import: Option<ImportId>,
}

impl ListFilter {
    /// The conditions on `contacts c`, and what they bind.
    fn sql(&self) -> (String, Vec<Box<dyn rusqlite::ToSql>>) {
        let mut sql = String::from("c.merged_into IS NULL AND c.erased_at_ms IS NULL");
        let mut bind: Vec<Box<dyn rusqlite::ToSql>> = Vec::new();
        for word in self.search.iter().flat_map(|s| search_words(s)) {
            bind.push(Box::new(word));
            sql.push_str(&format!(" AND instr(c.search_text, ?{}) > 0", bind.len()));
        }
        if !self.consent.is_empty() {
            let marks: Vec<String> = self
                .consent
                .iter()
                .map(|word| {
                    bind.push(Box::new((*word).to_owned()));
                    format!("?{}", bind.len())
                })
                .collect();
            sql.push_str(&format!(" AND c.consent IN ({})", marks.join(", ")));
        }
        if self.may_market {
            sql.push_str(" AND c.may_market = 1");
        }
        if let Some(import) = self.import {
            bind.push(Box::new(import.as_bytes().to_vec()));
            sql.push_str(&format!(
                " AND c.contact_id IN (SELECT ic.contact_id FROM import_contacts ic WHERE ic.import_id = ?{})",
                bind.len()
            ));
        }
        (sql, bind)
    }
}

/// What is typed, as words that must all occur; a number may be typed with any separators.
fn search_words(typed: &str) -> Vec<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let only_a_number = !digits.is_empty() && typed.chars().all(|c| c.is_ascii_digit() || " +-.()/".contains(c));
    if only_a_number {
        return vec![digits];
    }
    fold(typed).split_whitespace().map(str::to_owned).collect()
}

/// A page of people, sorted by name.
///
/// # Errors
/// [`StoreError`].
pub fn list(
    connection: &Connection,
    filter: &ListFilter,
    offset: u64,
    limit: u32,
) -> Result<Vec<ContactRecord>, StoreError> {
    let (conditions, bind) = filter.sql();
    // The page is found in the index alone; only its rows are read whole.
    let sql = format!(
        "SELECT {COLUMNS} FROM contacts WHERE contact_id IN (
             SELECT c.contact_id FROM contacts c {} WHERE {conditions} ORDER BY c.search_text LIMIT {limit} OFFSET {offset})
         ORDER BY search_text",
        filter.hint()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(rusqlite::params_from_iter(bind.iter()), record)?.collect::<Result<Vec<_>, _>>()?;
    Ok(rows)
}

/// How many people a filter shows.
///
/// # Errors
/// [`StoreError`].
pub fn count(connection: &Connection, filter: &ListFilter) -> Result<u64, StoreError> {
    let (conditions, bind) = filter.sql();
    let sql = format!("SELECT count(*) FROM contacts c {} WHERE {conditions}", filter.hint());
    Ok(connection.prepare_cached(&sql)?.query_row(rusqlite::params_from_iter(bind.iter()), |r| r.get(0))?)
}

impl ListFilter {
    /// Without an import, the covering index answers everything.
    const fn hint(&self) -> &'static str {
        if self.import.is_some() { "" } else { "INDEXED BY contacts_by_search" }
    }
}

#[cfg(test)]
#[path = "contacts_tests.rs"]
mod tests;
