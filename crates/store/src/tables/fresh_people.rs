//! People who are new here, many in one transaction, as an import brings them.
//!
//! Everything that needs no database (texts to search, the sealed evidence, the folded state) is worked out
//! beforehand on other threads ([`FreshPerson::of`]); the writer's thread only binds and chains. Statements are
//! prepared once for many rows, since even finding a cached one costs as much as a small insert.

use rusqlite::CachedStatement;
use switchboard_domain::consent::{ConsentEvent, ConsentState, fold};
use switchboard_domain::ids::{ConsentEventId, ContactId, ImportId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::time::UnixMillis;

use super::consent_events::{self, Appender, NewEvent, Sealed};
use super::contacts::{self, Columns, Names, NewContact};
use super::identifiers::{self, PersonKeys};
use super::{consent_state, imports};
use crate::columns::IdColumn;
use crate::{StoreError, WriteTx};

/// A person who may be new, ready to be written.
pub struct FreshPerson {
    contact_id: ContactId,
    phone: PhoneNumber,
    columns: Columns,
    state: ConsentState,
    entry: Option<Sealed>,
}

impl std::fmt::Debug for FreshPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FreshPerson").field("contact_id", &self.contact_id).finish_non_exhaustive()
    }
}

/// What the ids and the evidence of one person are made of: their place, and random bytes of the caller's.
#[derive(Clone, Copy, Debug)]
pub struct FreshRandom {
    /// Place among the people written together: their ids sort by it.
    pub order: u64,
    /// For the id of the person; the caller has put it into the event.
    pub contact: [u8; 4],
    /// For the id of the event.
    pub event: [u8; 4],
    /// Salt of the evidence.
    pub salt: [u8; 16],
}

impl FreshPerson {
    /// Works everything out. `None` for people who must be looked for first: those without a number, those with more
    /// identifiers than it, and numbers that have several spellings.
    ///
    /// # Errors
    /// [`StoreError::BadValue`] if the evidence cannot be written out.
    pub fn of(
        contact_id: ContactId,
        keys: &PersonKeys,
        names: &Names,
        attributes: &str,
        event: Option<NewEvent>,
        random: FreshRandom,
        now: UnixMillis,
    ) -> Result<Option<Self>, StoreError> {
        let Some(phone) = keys.phone.clone().filter(|p| keys.bsuid.is_none() && has_one_spelling(p)) else {
            return Ok(None);
        };
        let entry = event
            .map(|event| Sealed::of(event, ConsentEventId::in_order(now, random.order, random.event), random.salt))
            .transpose()?;
        let state = entry.as_ref().map_or_else(ConsentState::default, |s| {
            fold(&[ConsentEvent {
                id: s.id,
                kind: s.event.kind,
                via: s.event.via,
                purposes: s.event.purposes,
                at: s.event.at,
                precision: s.event.precision,
                recorded_at: now,
                decides: s.event.decides,
            }])
        });
        let columns = Columns::of(&NewContact {
            contact_id,
            names,
            keys,
            attributes,
            consent: state.summary().as_str(),
            marketing_consent: consent_state::marketing_consent(&state),
        });
        Ok(Some(Self { contact_id, phone, columns, state, entry }))
    }

    /// The event that comes with them.
    pub fn event(&self) -> Option<&NewEvent> {
        self.entry.as_ref().map(|s| &s.event)
    }
}

/// People whose rows are written together at most; small, so that a transaction can end close to its time.
const TOGETHER: usize = 250;

/// Whether no other spelling of this number can be on record: its country is none of those in which WhatsApp's form
/// differs from the dialled one ([`PhoneNumber::canonical`]).
fn has_one_spelling(phone: &PhoneNumber) -> bool {
    !["52", "54", "55"].iter().any(|country| phone.digits().starts_with(country))
}

/// Writes new people of one transaction, table by table: the pages of one tree stay at hand while many rows go in.
pub struct FreshWriter<'t, 'p> {
    tx: &'t WriteTx<'t>,
    identifier: CachedStatement<'t>,
    import: ImportId,
    /// Whose number is claimed already and whose other rows wait for [`FreshWriter::flush`].
    waiting: Vec<&'p FreshPerson>,
}

impl<'t, 'p> FreshWriter<'t, 'p> {
    /// Prepares the statement that finds out who is new.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn begin(tx: &'t WriteTx<'_>, import: ImportId) -> Result<Self, StoreError> {
        Ok(Self { tx, identifier: tx.prepare_cached(identifiers::INSERT)?, import, waiting: Vec::new() })
    }

    /// Takes a person if the number is nobody's yet; otherwise nothing, and `false`. What else is to be written
    /// of them may wait for [`FreshWriter::flush`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn take(&mut self, ledger: &mut Appender<'_>, person: &'p FreshPerson) -> Result<bool, StoreError> {
        let since = self.tx.now().as_ms();
        if self.identifier.execute(("phone", person.phone.as_e164(), person.contact_id.bytes(), since))? == 0 {
            return Ok(false);
        }
        self.waiting.push(person);
        if self.waiting.len() >= TOGETHER {
            self.flush(ledger)?;
        }
        Ok(true)
    }

    /// Writes what waits. The caller must do so before anything reads these people, and before the end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn flush(&mut self, ledger: &mut Appender<'_>) -> Result<(), StoreError> {
        let (tx, now) = (self.tx, self.tx.now());
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut insert = tx.prepare_cached(consent_events::INSERT)?;
        for entry in self.waiting.iter().filter_map(|p| p.entry.as_ref()) {
            ledger.append_with(&mut insert, entry, now)?;
        }
        let mut insert = tx.prepare_cached(consent_state::ADD)?;
        for person in self.waiting.iter().filter(|p| p.entry.is_some()) {
            consent_state::put_with(&mut insert, person.contact_id, &person.state)?;
        }
        let mut insert = tx.prepare_cached(contacts::INSERT)?;
        for person in &self.waiting {
            contacts::insert_with(&mut insert, person.contact_id, &person.columns, now)?;
        }
        let mut insert = tx.prepare_cached(imports::TOUCH_CONTACT)?;
        for person in &self.waiting {
            insert.execute((self.import.bytes(), person.contact_id.bytes(), true))?;
        }
        for person in &self.waiting {
            if let Some(event) = person.event() {
                super::relay_notes::tell(tx, event)?;
            }
        }
        self.waiting.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::has_one_spelling;
    use proptest::prelude::*;
    use switchboard_domain::phone::PhoneNumber;

    proptest! {
        #[test]
        fn a_number_with_one_spelling_is_its_own_comparing_form(digits in "[1-9][0-9]{6,14}") {
            let phone = PhoneNumber::from_stored(format!("+{digits}"));
            let canonical = phone.canonical();
            if has_one_spelling(&phone) {
                prop_assert_eq!(canonical.as_str(), phone.digits());
            } else {
                // Nor can any other number fold onto one of a country without spellings.
                let folded = PhoneNumber::from_stored(format!("+{}", canonical.as_str()));
                prop_assert!(!has_one_spelling(&folded));
            }
        }
    }
}
