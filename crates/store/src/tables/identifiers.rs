//! By what a person is recognised, and the one lookup that all spellings of a number meet in.

use rusqlite::{Connection, OptionalExtension};
use switchboard_domain::ids::{Bsuid, ContactId, WaId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::time::UnixMillis;

use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// What is known about who somebody is. Hidden in `Debug`.
#[derive(Clone, Default)]
pub struct PersonKeys {
    /// Phone number in E.164.
    pub phone: Option<PhoneNumber>,
    /// WhatsApp's own phone-based id, if a webhook named it.
    pub wa_id: Option<WaId>,
    /// Business-scoped user id.
    pub bsuid: Option<Bsuid>,
    /// Username without `@`. Shown, never used to recognise anybody (webhooks.md §2.2).
    pub username: Option<String>,
}

impl std::fmt::Debug for PersonKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonKeys(hidden)")
    }
}

impl PersonKeys {
    /// For a person known by their number.
    pub fn of_phone(phone: PhoneNumber) -> Self {
        Self { phone: Some(phone), ..Self::default() }
    }

    /// The number, or what `wa_id` makes of one.
    pub fn number(&self) -> Option<PhoneNumber> {
        self.phone.clone().or_else(|| self.wa_id.as_ref().and_then(PhoneNumber::from_wa_id))
    }

    /// Whether marketing to this person counts as marketing to the United States (pricing.md §6).
    pub fn is_us(&self) -> bool {
        self.number().is_some_and(|p| p.is_united_states())
            || self.bsuid.as_ref().is_some_and(|b| b.as_str().starts_with("US."))
    }
}

/// One identifier as listed.
pub struct IdentifierRow {
    /// `phone`, `wa_id`, `bsuid`.
    pub kind: String,
    /// Its value.
    pub value: String,
    /// Since when known.
    pub since: UnixMillis,
}

/// Who has this number, in whatever spelling.
///
/// # Errors
/// [`StoreError`].
pub fn find_phone(connection: &Connection, phone: &PhoneNumber) -> Result<Option<ContactId>, StoreError> {
    let canonical = phone.canonical();
    let mut statement = connection.prepare_cached(
        "SELECT contact_id FROM identifiers WHERE kind = 'phone' AND value = '+' || ?1
         UNION ALL SELECT contact_id FROM identifiers WHERE kind = 'phone_key' AND value = ?1 LIMIT 1",
    )?;
    Ok(statement.query_row([canonical.as_str()], |r| r.id("contact_id")).optional()?)
}

/// Who has this business-scoped user id.
///
/// # Errors
/// [`StoreError`].
pub fn find_bsuid(connection: &Connection, bsuid: &Bsuid) -> Result<Option<ContactId>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT contact_id FROM identifiers WHERE kind = 'bsuid' AND value = ?1")?;
    Ok(statement.query_row([bsuid.as_str()], |r| r.id("contact_id")).optional()?)
}

/// Writes whatever of `keys` is not known yet for this person. A value that belongs to somebody else stays theirs.
/// `known` is the number that the person is known by: another spelling of it is kept as `wa_id`, not as a number.
///
/// # Errors
/// [`StoreError`].
pub fn attach(
    tx: &WriteTx<'_>,
    contact: ContactId,
    keys: &PersonKeys,
    known: Option<&PhoneNumber>,
) -> Result<usize, StoreError> {
    let mut written = 0;
    if let Some(phone) = &keys.phone {
        written += put_number(tx, contact, phone)?;
    }
    if let Some(wa_id) = &keys.wa_id {
        let known = keys.phone.as_ref().or(known);
        match (PhoneNumber::from_wa_id(wa_id), known) {
            (Some(number), Some(known)) if number.digits() == known.digits() => {}
            (Some(number), Some(known)) if number.canonical() == known.canonical() => {
                written += put(tx, contact, "wa_id", wa_id.as_str())?;
            }
            // A number that only WhatsApp told us, or a new one, is a number like any other.
            (Some(number), _) => written += put_number(tx, contact, &number)?,
            (None, _) => written += put(tx, contact, "wa_id", wa_id.as_str())?,
        }
    }
    if let Some(bsuid) = &keys.bsuid {
        written += put(tx, contact, "bsuid", bsuid.as_str())?;
    }
    Ok(written)
}

/// Kind, value, person, since when; nothing if the value is somebody's already.
pub(super) const INSERT: &str = "INSERT INTO identifiers (kind, value, contact_id, since_ms) VALUES (?1, ?2, ?3, ?4) \
     ON CONFLICT (kind, value) DO NOTHING";

fn put_number(tx: &WriteTx<'_>, contact: ContactId, number: &PhoneNumber) -> Result<usize, StoreError> {
    let canonical = number.canonical();
    let mut written = put(tx, contact, "phone", number.as_e164())?;
    if canonical.as_str() != number.digits() {
        written += put(tx, contact, "phone_key", canonical.as_str())?;
    }
    Ok(written)
}

fn put(tx: &WriteTx<'_>, contact: ContactId, kind: &str, value: &str) -> Result<usize, StoreError> {
    Ok(tx.prepare_cached(INSERT)?.execute((kind, value, contact.bytes(), tx.now().as_ms()))?)
}

/// Gives all identifiers of one person to another.
///
/// # Errors
/// [`StoreError`].
pub fn move_all(tx: &WriteTx<'_>, from: ContactId, to: ContactId) -> Result<(), StoreError> {
    tx.execute("UPDATE identifiers SET contact_id = ?2 WHERE contact_id = ?1", (from.bytes(), to.bytes()))?;
    Ok(())
}

/// The identifiers of a person as a page shows them; comparing forms are left out.
///
/// # Errors
/// [`StoreError`].
pub fn of_contact(connection: &Connection, contact: ContactId) -> Result<Vec<IdentifierRow>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT kind, value, since_ms FROM identifiers WHERE contact_id = ?1 AND kind <> 'phone_key' ORDER BY kind DESC, since_ms",
    )?;
    let rows = statement
        .query_map([contact.bytes()], |r| {
            Ok(IdentifierRow { kind: r.get("kind")?, value: r.get("value")?, since: r.ms("since_ms")? })
        })?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}
