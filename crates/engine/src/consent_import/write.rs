//! Writing one row inside a chunk's transaction: the person, what the row proves, where it came from.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use switchboard_domain::consent::{ConsentState, EventKind, Precision, Via};
use switchboard_domain::ids::{ContactId, ImportId};
use switchboard_domain::import::{ColumnRole, RowConsent, RowVerdict, WhenGiven};
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::consent_events::{Appender, Evidence, NewEvent};
use switchboard_store::tables::contacts::{self, Names, NewContact};
use switchboard_store::tables::fresh_people::{FreshPerson, FreshRandom, FreshWriter};
use switchboard_store::tables::identifiers::{self, PersonKeys};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::{consent_state, erasure, imports, wordings};
use switchboard_store::{Connection, StoreError, WriteTx};

use super::attest::Attested;
use super::judging::{Row, Sheet};

/// What is done with rows that prove nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unproven {
    Attest,
    WithoutMarketing,
    Leave,
}

/// What an import did so far; kept as JSON beside its cursor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    pub accepted: u64,
    pub repaired: u64,
    pub duplicate: u64,
    pub quarantined: u64,
    pub rejected: u64,
    pub contacts_added: u64,
    pub consents: u64,
    pub opt_outs: u64,
    pub left_out: u64,
    #[serde(default)]
    pub undone_entries: u64,
    #[serde(default)]
    pub undone_removed: u64,
    #[serde(default)]
    pub undone_kept: u64,
}

impl Counts {
    pub(super) fn add(&mut self, verdict: RowVerdict) {
        let slot = match verdict {
            RowVerdict::Accepted => &mut self.accepted,
            RowVerdict::Repaired => &mut self.repaired,
            RowVerdict::Duplicate => &mut self.duplicate,
            RowVerdict::Quarantined => &mut self.quarantined,
            RowVerdict::Rejected => &mut self.rejected,
        };
        *slot = slot.saturating_add(1);
    }
}

/// What all rows of one import share: what was decided about the file. Needs no database.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub import_id: ImportId,
    pub sheet: Sheet,
    pub unproven: Unproven,
    pub attested: Option<Attested>,
}

/// A row with what could be worked out about it before its turn.
pub(super) struct Prepared {
    pub row: Row,
    keys: PersonKeys,
    names: Names,
    attributes: String,
    fresh: Option<FreshPerson>,
}

impl Plan {
    /// Works out everything about a row that needs no database, for the case that the person is new.
    pub(super) fn prepare(&self, row: Row, random: FreshRandom, now: UnixMillis) -> Result<Prepared, StoreError> {
        let username = row.cell(self.sheet.mapping.column(ColumnRole::Username)).trim_start_matches('@').to_owned();
        let keys = PersonKeys {
            phone: row.judged.phone.clone(),
            wa_id: None,
            bsuid: row.judged.bsuid.clone(),
            username: Some(username).filter(|u| !u.is_empty()),
        };
        let names = names_of(&self.sheet, &row);
        let attributes = attributes_of(&self.sheet, &row);
        let fresh = if self.left_out(&row).is_none() {
            let contact_id = ContactId::in_order(now, random.order, random.contact);
            let event = self.event_of(&row, contact_id, now);
            FreshPerson::of(contact_id, &keys, &names, &attributes, event, random, now)?
        } else {
            None
        };
        Ok(Prepared { row, keys, names, attributes, fresh })
    }

    /// Why a row is not taken, if so.
    fn left_out(&self, row: &Row) -> Option<(RowVerdict, String)> {
        match (row.judged.not_taken, &row.judged.consent) {
            (Some(why), _) => Some((why.verdict(), why.sentence())),
            (None, RowConsent::Unproven(why)) if self.unproven == Unproven::Leave => {
                Some((RowVerdict::Quarantined, why.sentence().to_owned()))
            }
            _ => None,
        }
    }

    /// The wording that a row's consent rests on.
    fn wording_of<'r>(&'r self, row: &'r Row) -> Option<&'r str> {
        match (&row.judged.consent, self.unproven, &self.attested) {
            (RowConsent::Proven { .. }, _, _) => {
                let mapping = &self.sheet.mapping;
                let written = Some(row.cell(mapping.column(ColumnRole::ConsentWording))).filter(|t| !t.is_empty());
                // What a form asked is the wording that was answered.
                let asked = || mapping.column(ColumnRole::ConsentQuestion).and_then(|i| self.sheet.headers.get(i));
                written.or_else(|| asked().map(|q| q.trim()).filter(|q| !q.is_empty()))
            }
            (RowConsent::Unproven(_), Unproven::Attest, Some(attested)) => Some(&attested.wording),
            _ => None,
        }
    }

    /// The ledger entry that a row is worth, if any. Its wording must be kept before it is appended.
    fn event_of(&self, row: &Row, contact_id: ContactId, now: UnixMillis) -> Option<NewEvent> {
        let base = |kind: EventKind, given: Option<WhenGiven>| {
            let (at, precision) = given.map_or((now, Precision::Unknown), |g| (g.at, g.precision));
            NewEvent {
                precision,
                import: Some((self.import_id, row.number)),
                wording: self.wording_of(row).map(wordings::hash),
                ..NewEvent::now(contact_id, kind, Via::Import, at)
            }
        };
        let text = |role| {
            let t = row.cell(self.sheet.mapping.column(role));
            (!t.is_empty()).then(|| t.to_owned())
        };
        let identifier = match (&row.judged.phone, &row.judged.bsuid) {
            (Some(phone), _) => Some(phone.as_e164().to_owned()),
            (None, bsuid) => bsuid.as_ref().map(|b| b.as_str().to_owned()),
        };
        let evidence = Evidence {
            source: text(ColumnRole::ConsentSource),
            identifier,
            at_as_written: match &row.judged.consent {
                RowConsent::OptedOut { given: None } => None,
                RowConsent::OptedOut { .. } => text(ColumnRole::OptedOut)
                    .filter(|t| t.bytes().any(|b| b.is_ascii_digit()))
                    .or_else(|| text(ColumnRole::ConsentAt)),
                _ => text(ColumnRole::ConsentAt),
            },
            raw_row: Some(row.cells()),
            language: text(ColumnRole::ConsentLanguage),
            business_name: text(ColumnRole::ConsentBusiness),
            double_opt_in: text(ColumnRole::ConsentConfirmed),
            ip: text(ColumnRole::ConsentIp),
            ..Evidence::default()
        };
        let event = match &row.judged.consent {
            RowConsent::Proven { given, purposes } => {
                NewEvent { purposes: *purposes, ..base(EventKind::OptIn, Some(*given)) }
            }
            RowConsent::OptedOut { given } => base(EventKind::OptOut, *given),
            RowConsent::Declined { given } => base(EventKind::Declined, *given),
            RowConsent::Unproven(why) if !why.may_be_attested() => return None,
            RowConsent::Unproven(_) => {
                let (Unproven::Attest, Some(attested)) = (self.unproven, &self.attested) else { return None };
                let given = WhenGiven { at: UnixMillis::new(attested.from_ms), precision: Precision::Range };
                let days = [attested.place.clone(), attested.date_from.clone(), attested.date_to.clone()];
                return Some(NewEvent {
                    purposes: attested.purposes(),
                    evidence: Evidence { source: Some(attested.place.clone()), attested: Some(days), ..evidence },
                    ..base(EventKind::Attested, Some(given))
                });
            }
        };
        Some(NewEvent { evidence, ..event })
    }
}

/// Writes the rows of one chunk.
pub(super) struct RowWriter<'a, 't> {
    plan: &'a Plan,
    tx: &'t WriteTx<'t>,
    fresh: FreshWriter<'t, 'a>,
    pub counts: Counts,
    /// Wordings of this chunk that are kept already; most rows of a file carry the same.
    kept: HashSet<[u8; 32]>,
    /// Where anybody was erased: what their marks are made with.
    marks: Option<LedgerKey>,
}

impl<'a, 't> RowWriter<'a, 't> {
    pub(super) fn begin(
        plan: &'a Plan,
        tx: &'t WriteTx<'t>,
        key: &LedgerKey,
        counts: Counts,
    ) -> Result<Self, StoreError> {
        let marks = if erasure::any(tx)? { Some(key.clone()) } else { None };
        Ok(Self { plan, tx, fresh: FreshWriter::begin(tx, plan.import_id)?, counts, kept: HashSet::new(), marks })
    }

    /// Writes one row.
    pub(super) fn write(&mut self, ledger: &mut Appender<'_>, prepared: &'a Prepared) -> Result<(), StoreError> {
        let row = &prepared.row;
        if let Some(refusal) = self.erased(&prepared.keys)? {
            return self.refuse(row, refusal);
        }
        if let Some((verdict, reason)) = self.plan.left_out(row) {
            return self.leave_out(row, verdict, reason);
        }
        if let Some(person) = &prepared.fresh {
            self.keep_wording(row, person.event())?;
            if self.fresh.take(ledger, person)? {
                return self.count_new(row, person.event().map(|e| e.kind));
            }
        }
        // This row may be about one of those who wait.
        self.fresh.flush(ledger)?;
        match find(self.tx, &prepared.keys)? {
            Some(contact) => self.write_known(ledger, prepared, contact),
            None => self.write_new(ledger, prepared),
        }
    }

    /// Writes what waits of the rows so far; the transaction must not end before.
    pub(super) fn finish(mut self, ledger: &mut Appender<'_>) -> Result<Counts, StoreError> {
        self.fresh.flush(ledger)?;
        Ok(self.counts)
    }

    fn count_new(&mut self, row: &Row, event: Option<EventKind>) -> Result<(), StoreError> {
        if let Some(kind) = event {
            self.count_event(kind);
        }
        self.counts.contacts_added = self.counts.contacts_added.saturating_add(1);
        self.counts.add(if row.judged.repaired.is_some() { RowVerdict::Repaired } else { RowVerdict::Accepted });
        Ok(())
    }

    /// A new person who had to be looked for first.
    fn write_new(&mut self, ledger: &mut Appender<'_>, prepared: &Prepared) -> Result<(), StoreError> {
        let contact_id = ContactId::new(self.tx.now());
        let event = self.plan.event_of(&prepared.row, contact_id, self.tx.now());
        contacts::insert(
            self.tx,
            &NewContact {
                contact_id,
                names: &prepared.names,
                keys: &prepared.keys,
                attributes: &prepared.attributes,
                consent: ConsentState::default().summary().as_str(),
                marketing_consent: false,
            },
        )?;
        if let Some(event) = &event {
            self.keep_wording(&prepared.row, Some(event))?;
            ledger.append(self.tx, event)?;
            consent_state::refresh(self.tx, contact_id)?;
        }
        imports::touch_contact(self.tx, self.plan.import_id, contact_id, true)?;
        self.count_new(&prepared.row, event.map(|e| e.kind))
    }

    fn write_known(
        &mut self,
        ledger: &mut Appender<'_>,
        prepared: &Prepared,
        contact: ContactId,
    ) -> Result<(), StoreError> {
        let row = &prepared.row;
        let in_this_file = imports::has_contact(self.tx, self.plan.import_id, contact)?;
        let state = consent_state::get(self.tx, contact)?;
        let nothing_new = adds_nothing(&row.judged.consent, &state);
        contacts::learn(self.tx, contact, &prepared.names, &prepared.keys, Some(&prepared.attributes), false)?;
        let attests = matches!(row.judged.consent, RowConsent::Unproven(_));
        if !nothing_new
            && !(attests && (in_this_file || state.marketing.is_some() || state.utility.is_some()))
            && let Some(event) = self.plan.event_of(row, contact, self.tx.now())
        {
            self.keep_wording(row, Some(&event))?;
            ledger.append(self.tx, &event)?;
            consent_state::refresh(self.tx, contact)?;
            self.count_event(event.kind);
        }
        if !in_this_file {
            imports::touch_contact(self.tx, self.plan.import_id, contact, false)?;
        }
        let verdict = if in_this_file || nothing_new {
            RowVerdict::Duplicate
        } else if row.judged.repaired.is_some() {
            RowVerdict::Repaired
        } else {
            RowVerdict::Accepted
        };
        self.counts.add(verdict);
        Ok(())
    }

    fn count_event(&mut self, kind: EventKind) {
        match kind {
            EventKind::OptIn | EventKind::Attested => self.counts.consents = self.counts.consents.saturating_add(1),
            _ => self.counts.opt_outs = self.counts.opt_outs.saturating_add(1),
        }
    }

    fn keep_wording(&mut self, row: &Row, event: Option<&NewEvent>) -> Result<(), StoreError> {
        if let Some(hash) = event.and_then(|e| e.wording)
            && let Some(text) = self.plan.wording_of(row)
            && self.kept.insert(hash)
        {
            wordings::keep(self.tx, text)?;
        }
        Ok(())
    }

    /// Why a row about somebody who was erased here is not taken: a list never brings them back.
    fn erased(&self, keys: &PersonKeys) -> Result<Option<String>, StoreError> {
        let Some(key) = &self.marks else { return Ok(None) };
        let Some(at) = erasure::erased_at(self.tx, key, keys)? else { return Ok(None) };
        Ok(Some(super::erased_sentence(at)))
    }

    /// Leaves a row out without keeping what is in it.
    fn refuse(&mut self, row: &Row, reason: String) -> Result<(), StoreError> {
        self.counts.add(RowVerdict::Rejected);
        self.counts.left_out = self.counts.left_out.saturating_add(1);
        let verdict = RowVerdict::Rejected.as_str().to_owned();
        let row = imports::LeftOutRow { row_number: row.number, verdict, reason, raw: Vec::new() };
        imports::leave_out(self.tx, self.plan.import_id, &row)
    }

    fn leave_out(&mut self, row: &Row, verdict: RowVerdict, reason: String) -> Result<(), StoreError> {
        self.counts.add(verdict);
        self.counts.left_out = self.counts.left_out.saturating_add(1);
        imports::leave_out(
            self.tx,
            self.plan.import_id,
            &imports::LeftOutRow {
                row_number: row.number,
                verdict: verdict.as_str().to_owned(),
                reason,
                raw: row.cells(),
            },
        )
    }
}

/// Who this is, if known.
pub(super) fn find(connection: &Connection, keys: &PersonKeys) -> Result<Option<ContactId>, StoreError> {
    if let Some(phone) = &keys.phone
        && let Some(found) = identifiers::find_phone(connection, phone)?
    {
        return Ok(Some(found));
    }
    match &keys.bsuid {
        Some(bsuid) => identifiers::find_bsuid(connection, bsuid),
        None => Ok(None),
    }
}

/// Whether the person is known with the same or newer evidence, so that the row would add nothing.
pub(super) fn adds_nothing(consent: &RowConsent, state: &ConsentState) -> bool {
    match consent {
        RowConsent::Proven { given, purposes } => [Category::Marketing, Category::Utility]
            .into_iter()
            .filter(|c| purposes.covers(*c))
            .all(|c| state.opt_in(c).is_some_and(|o| !o.attested && o.by.at >= given.at)),
        RowConsent::OptedOut { .. } => state.opted_out.is_some(),
        RowConsent::Declined { given } => {
            state.declined.is_some_and(|d| given.is_none_or(|g| d.at >= g.at)) || state.opted_out.is_some()
        }
        RowConsent::Unproven(_) => false,
    }
}

pub(super) fn names_of(sheet: &Sheet, row: &Row) -> Names {
    if sheet.choices.opt_outs {
        return Names::default();
    }
    let of = |role| row.cell(sheet.mapping.column(role)).to_owned();
    let full = of(ColumnRole::FullName);
    let first = of(ColumnRole::FirstName);
    let last = of(ColumnRole::LastName);
    if first.is_empty() && last.is_empty() { Names::of_full(&full) } else { Names { full, first, last } }
}

fn attributes_of(sheet: &Sheet, row: &Row) -> String {
    let mut all = serde_json::Map::new();
    // A list of opt-outs brings numbers to leave alone, and nothing about people.
    if sheet.choices.opt_outs {
        return "{}".to_owned();
    }
    for index in sheet.mapping.attributes() {
        let value = row.cell(Some(index));
        if !value.is_empty() {
            all.insert(sheet.header(index), serde_json::Value::String(value.to_owned()));
        }
    }
    if !row.judged.alternates.is_empty() {
        let numbers: Vec<&str> =
            row.judged.alternates.iter().map(switchboard_domain::phone::PhoneNumber::as_e164).collect();
        all.insert("Other numbers".to_owned(), serde_json::Value::String(numbers.join(", ")));
    }
    if all.is_empty() { "{}".to_owned() } else { serde_json::Value::Object(all).to_string() }
}
