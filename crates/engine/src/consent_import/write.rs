//! Writing one row inside a chunk's transaction: the person, what the row proves, where it came from.

use serde::{Deserialize, Serialize};
use switchboard_domain::consent::{ConsentState, EventKind, Precision, Purposes, Via, fold};
use switchboard_domain::ids::{ContactId, ImportId};
use switchboard_domain::import::{ColumnRole, RowConsent, RowVerdict};
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::consent_events::{Appender, Evidence, NewEvent};
use switchboard_store::tables::contacts::{self, Names, NewContact};
use switchboard_store::tables::identifiers::{self, PersonKeys};
use switchboard_store::tables::{consent_events, consent_state, imports, wordings};
use switchboard_store::{Connection, StoreError, WriteTx};

use super::judging::{Row, Sheet};

/// What is done with rows that prove nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unproven {
    Attest,
    WithoutMarketing,
    Leave,
}

/// What the operator attests, with its days read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Attested {
    pub wording: String,
    pub place: String,
    pub date_from: String,
    pub date_to: String,
    pub from_ms: i64,
    pub marketing: bool,
    pub utility: bool,
}

impl Attested {
    fn purposes(&self) -> Purposes {
        let mut p = Purposes::GENERAL;
        if self.marketing {
            p = p.with("marketing");
        }
        if self.utility {
            p = p.with("utility");
        }
        p
    }
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

/// Everything that rows of one import share.
pub(super) struct RowWriter<'a> {
    pub import_id: ImportId,
    pub sheet: &'a Sheet,
    pub unproven: Unproven,
    pub attested: Option<&'a Attested>,
    pub counts: Counts,
    attested_wording: Option<[u8; 32]>,
    last_wording: Option<(String, [u8; 32])>,
}

impl<'a> RowWriter<'a> {
    pub(super) fn new(
        import_id: ImportId,
        sheet: &'a Sheet,
        unproven: Unproven,
        attested: Option<&'a Attested>,
        counts: Counts,
    ) -> Self {
        Self { import_id, sheet, unproven, attested, counts, attested_wording: None, last_wording: None }
    }

    /// Writes one row.
    pub(super) fn write(
        &mut self,
        tx: &mut WriteTx<'_>,
        ledger: &mut Appender<'_>,
        row: &Row,
    ) -> Result<(), StoreError> {
        if let Some(why) = row.judged.not_taken {
            return self.leave_out(tx, row, why.verdict(), why.sentence());
        }
        if let (RowConsent::Unproven(why), Unproven::Leave) = (&row.judged.consent, self.unproven) {
            return self.leave_out(tx, row, RowVerdict::Quarantined, why.sentence().to_owned());
        }
        let keys = PersonKeys {
            phone: row.judged.phone.clone(),
            wa_id: None,
            bsuid: row.judged.bsuid.clone(),
            username: Some(
                row.cell(self.sheet.mapping.column(ColumnRole::Username)).trim_start_matches('@').to_owned(),
            )
            .filter(|u| !u.is_empty()),
        };
        match find(tx, &keys)? {
            Some(contact) => self.write_known(tx, ledger, row, contact, &keys),
            None => self.write_new(tx, ledger, row, &keys),
        }
    }

    fn write_new(
        &mut self,
        tx: &mut WriteTx<'_>,
        ledger: &mut Appender<'_>,
        row: &Row,
        keys: &PersonKeys,
    ) -> Result<(), StoreError> {
        let contact_id = ContactId::new(tx.now());
        let event = self.event_of(tx, row, contact_id)?;
        let mut state = ConsentState::default();
        if let Some(event) = &event {
            let id = ledger.append(tx, event)?;
            state = fold(&[switchboard_domain::consent::ConsentEvent {
                id,
                kind: event.kind,
                via: event.via,
                purposes: event.purposes,
                at: event.at,
                precision: event.precision,
                recorded_at: tx.now(),
                decides: None,
            }]);
            consent_state::put_row(tx, contact_id, &state)?;
            self.count_event(event.kind);
        }
        contacts::insert(
            tx,
            &NewContact {
                contact_id,
                names: &names_of(self.sheet, row),
                keys,
                attributes: &attributes_of(self.sheet, row),
                consent: state.summary().as_str(),
                marketing_consent: consent_state::marketing_consent(&state),
            },
        )?;
        imports::touch_contact(tx, self.import_id, contact_id, true)?;
        self.counts.contacts_added = self.counts.contacts_added.saturating_add(1);
        self.counts.add(if row.judged.repaired.is_some() { RowVerdict::Repaired } else { RowVerdict::Accepted });
        Ok(())
    }

    fn write_known(
        &mut self,
        tx: &mut WriteTx<'_>,
        ledger: &mut Appender<'_>,
        row: &Row,
        contact: ContactId,
        keys: &PersonKeys,
    ) -> Result<(), StoreError> {
        let in_this_file = imports::has_contact(tx, self.import_id, contact)?;
        let state = consent_state::get(tx, contact)?;
        let nothing_new = adds_nothing(&row.judged.consent, &state);
        contacts::learn(tx, contact, &names_of(self.sheet, row), keys, Some(&attributes_of(self.sheet, row)), false)?;
        let attests = matches!(row.judged.consent, RowConsent::Unproven(_));
        if !nothing_new
            && !(attests && (in_this_file || state.marketing.is_some() || state.utility.is_some()))
            && let Some(event) = self.event_of(tx, row, contact)?
        {
            ledger.append(tx, &event)?;
            let state = fold(&consent_events::for_fold(tx, contact)?);
            consent_state::put(tx, contact, &state)?;
            self.count_event(event.kind);
        }
        if !in_this_file {
            imports::touch_contact(tx, self.import_id, contact, false)?;
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

    fn leave_out(
        &mut self,
        tx: &WriteTx<'_>,
        row: &Row,
        verdict: RowVerdict,
        reason: String,
    ) -> Result<(), StoreError> {
        self.counts.add(verdict);
        self.counts.left_out = self.counts.left_out.saturating_add(1);
        imports::leave_out(
            tx,
            self.import_id,
            &imports::LeftOutRow {
                row_number: row.number,
                verdict: verdict.as_str().to_owned(),
                reason,
                raw: row.cells(),
            },
        )
    }

    /// The ledger entry that this row is worth, if any.
    fn event_of(&mut self, tx: &WriteTx<'_>, row: &Row, contact_id: ContactId) -> Result<Option<NewEvent>, StoreError> {
        let now = tx.now();
        let base = |kind: EventKind, at: UnixMillis, precision: Precision| NewEvent {
            precision,
            import: Some((self.import_id, row.number)),
            ..NewEvent::now(contact_id, kind, Via::Import, at)
        };
        let text = |role| {
            let t = row.cell(self.sheet.mapping.column(role));
            (!t.is_empty()).then(|| t.to_owned())
        };
        let evidence = Evidence {
            source: text(ColumnRole::ConsentSource),
            identifier: row
                .judged
                .phone
                .as_ref()
                .map(|p| p.as_e164().to_owned())
                .or_else(|| row.judged.bsuid.as_ref().map(|b| b.as_str().to_owned())),
            at_as_written: text(ColumnRole::ConsentAt),
            raw_row: Some(row.cells()),
            ..Evidence::default()
        };
        let said_no = |kind, given: &Option<switchboard_domain::import::WhenGiven>| {
            let (at, precision) = given.map_or((now, Precision::Unknown), |g| (g.at, g.precision));
            base(kind, at, precision)
        };
        let event = match &row.judged.consent {
            RowConsent::Proven { given, purposes } => {
                let mut event = NewEvent { purposes: *purposes, ..base(EventKind::OptIn, given.at, given.precision) };
                if let Some(wording) = text(ColumnRole::ConsentWording) {
                    event.wording = Some(self.keep_wording(tx, wording)?);
                }
                event
            }
            RowConsent::OptedOut { given } => said_no(EventKind::OptOut, given),
            RowConsent::Declined { given } => said_no(EventKind::Declined, given),
            RowConsent::Unproven(_) => {
                let (Unproven::Attest, Some(attested)) = (self.unproven, self.attested) else { return Ok(None) };
                let at = UnixMillis::new(attested.from_ms);
                let event =
                    NewEvent { purposes: attested.purposes(), ..base(EventKind::Attested, at, Precision::Range) };
                let wording = match self.attested_wording {
                    Some(w) => w,
                    None => wordings::keep(tx, &attested.wording)?,
                };
                self.attested_wording = Some(wording);
                let days = [attested.place.clone(), attested.date_from.clone(), attested.date_to.clone()];
                return Ok(Some(NewEvent {
                    wording: Some(wording),
                    evidence: Evidence { source: Some(attested.place.clone()), attested: Some(days), ..evidence },
                    ..event
                }));
            }
        };
        Ok(Some(NewEvent { evidence, ..event }))
    }

    /// Most rows of a file carry the same wording.
    fn keep_wording(&mut self, tx: &WriteTx<'_>, text: String) -> Result<[u8; 32], StoreError> {
        if let Some((last, hash)) = &self.last_wording
            && *last == text
        {
            return Ok(*hash);
        }
        let hash = wordings::keep(tx, &text)?;
        self.last_wording = Some((text, hash));
        Ok(hash)
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
    let of = |role| row.cell(sheet.mapping.column(role)).to_owned();
    let full = of(ColumnRole::FullName);
    let first = of(ColumnRole::FirstName);
    let last = of(ColumnRole::LastName);
    if first.is_empty() && last.is_empty() { Names::of_full(&full) } else { Names { full, first, last } }
}

fn attributes_of(sheet: &Sheet, row: &Row) -> String {
    let mut all = serde_json::Map::new();
    for index in sheet.mapping.attributes() {
        let value = row.cell(Some(index));
        if !value.is_empty() {
            all.insert(sheet.header(index), serde_json::Value::String(value.to_owned()));
        }
    }
    if all.is_empty() { "{}".to_owned() } else { serde_json::Value::Object(all).to_string() }
}
