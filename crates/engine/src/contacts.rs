//! People: the list, one person's page, and taking them along from another profile.

use switchboard_bridge::dto;
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::consent::{
    ConsentEvent, ConsentState, EventKind, MayReceive, Precision, Summary, Verdict, Via, may_receive,
};
use switchboard_domain::ids::ContactId;
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::consent_events::{self, EventRecord};
use switchboard_store::tables::consent_gate::{self, GateFacts, GateSettings};
use switchboard_store::tables::contacts::{self, ContactRecord, ListFilter};
use switchboard_store::tables::{consent_state, identifiers};
use switchboard_store::{Connection, Store, StoreError};

use crate::EngineError;

/// Longest page of a list.
const PAGE_ROWS: u32 = 200;

/// The sentence for an id that nobody has.
pub fn unknown() -> UiError {
    UiError::new(
        UiErrorCode::NotFound,
        "There is no such person here (any more).",
        "Search for them in Contacts; two entries may have become one.",
    )
}

/// Reads an id as a list showed it.
///
/// # Errors
/// An `invalid_input` sentence.
pub fn id_of(text: &str) -> Result<ContactId, UiError> {
    ContactId::parse(text.trim()).map_err(|e| {
        UiError::new(UiErrorCode::InvalidInput, format!("{e}."), "Choose the person from the list.")
            .with_details(serde_json::json!({ "field": "id" }))
    })
}

/// A page of people.
///
/// # Errors
/// [`EngineError::Store`].
pub async fn list(store: &Store, request: dto::ContactListRequest) -> Result<dto::ContactPage, EngineError> {
    let import = match &request.import_id {
        Some(id) => Some(switchboard_domain::ids::ImportId::parse(id).map_err(|e| {
            UiError::new(UiErrorCode::InvalidInput, format!("{e}."), "Choose the import from the list.")
        })?),
        None => None,
    };
    let mut filter =
        ListFilter { search: request.search.filter(|s| !s.trim().is_empty()), import, ..ListFilter::default() };
    match request.filter {
        dto::ContactFilter::All => {}
        dto::ContactFilter::Marketing => filter.may_market = true,
        dto::ContactFilter::OptedOut => {
            filter.consent = vec![Summary::OptedOut.as_str(), Summary::MarketingStopped.as_str()];
        }
        dto::ContactFilter::NoConsent => filter.consent = vec![Summary::NoEvidence.as_str()],
        dto::ContactFilter::ToDecide => filter.consent = vec![Summary::ToDecide.as_str()],
    }
    let now = store.clock().now();
    store
        .read(move |c| {
            let rows = contacts::list(c, &filter, request.offset, request.limit.min(PAGE_ROWS))?
                .iter()
                .map(|r| row(c, r, now))
                .collect::<Result<_, StoreError>>()?;
            Ok(dto::ContactPage { rows, total: contacts::count(c, &filter)? })
        })
        .await
}

fn facts(c: &Connection, id: ContactId, now: UnixMillis) -> Result<Option<GateFacts>, StoreError> {
    consent_gate::facts(c, id, now, &GateSettings::default())
}

/// A person as lists show them.
fn row(c: &Connection, r: &ContactRecord, now: UnixMillis) -> Result<dto::ContactRow, StoreError> {
    let marketing = match facts(c, r.contact_id, now)? {
        Some(f) => may_receive(&f.state, Category::Marketing, &f.context).may_receive,
        None => MayReceive::No,
    };
    Ok(dto::ContactRow {
        id: r.contact_id.to_string(),
        name: r.display_name.clone(),
        phone: r.phone.clone(),
        username: r.username.clone(),
        marketing: may_to_dto(marketing),
        consent: r.consent.clone(),
        consent_at_ms: consent_state::decided_at(c, r.contact_id)?,
        last_activity_at_ms: r.last_activity_at.map(UnixMillis::as_ms),
    })
}

/// One person's page.
///
/// # Errors
/// A `not_found` sentence; [`EngineError::Store`].
pub async fn get(store: &Store, id: ContactId) -> Result<dto::ContactDetail, EngineError> {
    let now = store.clock().now();
    store.read(move |c| detail(c, id, now)).await
}

pub(crate) fn detail(c: &Connection, id: ContactId, now: UnixMillis) -> Result<dto::ContactDetail, EngineError> {
    let record = contacts::get(c, id)?.filter(|r| !r.erased).ok_or_else(unknown)?;
    let id = record.contact_id;
    let facts = facts(c, id, now)?.ok_or_else(unknown)?;
    let timeline = consent_events::timeline(c, id)?;
    let undecided = |e: &EventRecord| {
        e.event.kind == EventKind::ProbableOptOut && !timeline.iter().any(|d| d.event.decides == Some(e.event.id))
    };
    let mut identifiers: Vec<dto::Identifier> = identifiers::of_contact(c, id)?
        .into_iter()
        .map(|i| dto::Identifier { kind: i.kind, value: i.value, since_ms: i.since.as_ms() })
        .collect();
    if let Some(username) = &record.username {
        identifiers.push(dto::Identifier {
            kind: "username".to_owned(),
            value: username.clone(),
            since_ms: record.created_at.as_ms(),
        });
    }
    let messages: u64 = c
        .prepare_cached("SELECT count(*) FROM messages WHERE contact_id = ?1")
        .and_then(|mut s| s.query_row([id.as_bytes().as_slice()], |r| r.get(0)))
        .map_err(StoreError::from)?;
    Ok(dto::ContactDetail {
        row: row(c, &record, now)?,
        identifiers,
        attributes: attributes(&record.attributes),
        tags: switchboard_store::tables::audience::tags_of(c, id)?,
        may_receive: [Category::Marketing, Category::Utility, Category::Authentication]
            .into_iter()
            .map(|category| verdict(&may_receive(&facts.state, category, &facts.context)))
            .collect(),
        to_decide: timeline.iter().filter(|e| undecided(e)).map(entry).collect(),
        timeline: timeline.iter().map(entry).collect(),
        messages,
    })
}

fn attributes(json: &str) -> Vec<dto::Attribute> {
    let all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    all.into_iter()
        .map(|(name, value)| dto::Attribute {
            name,
            value: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        })
        .collect()
}

/// Why may this person (not) get this?
///
/// # Errors
/// A `not_found` sentence; [`EngineError::Store`].
pub async fn why(store: &Store, id: ContactId, category: Category) -> Result<dto::ConsentVerdict, EngineError> {
    let now = store.clock().now();
    store
        .read(move |c| {
            let facts = facts(c, id, now)?.ok_or_else(unknown)?;
            Ok(verdict(&may_receive(&facts.state, category, &facts.context)))
        })
        .await
}

fn verdict(v: &Verdict) -> dto::ConsentVerdict {
    dto::ConsentVerdict {
        category: v.category.as_str().to_owned(),
        may_receive: may_to_dto(v.may_receive),
        reason: v.reason.as_str().to_owned(),
        sentence: v.sentence(),
        remedy: v.remedy().map(str::to_owned),
        event_id: v.decided_by.map(|d| d.event.to_string()),
    }
}

const fn may_to_dto(m: MayReceive) -> dto::MayReceive {
    match m {
        MayReceive::Yes => dto::MayReceive::Yes,
        MayReceive::No => dto::MayReceive::No,
        MayReceive::OneToOne => dto::MayReceive::OneToOne,
    }
}

/// One entry of the timeline.
fn entry(r: &EventRecord) -> dto::ConsentEntry {
    let evidence = r.evidence.clone().unwrap_or_default();
    let mut text = sentence(&r.event, evidence.attested.as_ref());
    if let Some(note) = &evidence.note {
        text.push_str(&format!(" “{note}”"));
    }
    dto::ConsentEntry {
        id: r.event.id.to_string(),
        at_ms: r.event.at.as_ms(),
        recorded_at_ms: r.event.recorded_at.as_ms(),
        kind: r.event.kind.as_str().to_owned(),
        text,
        purposes: r.event.purposes.words().into_iter().map(str::to_owned).collect(),
        source: evidence.source,
        wording: r.wording.clone(),
        file: r.file_name.as_ref().map(|name| match r.import {
            Some((_, row)) => format!("{name}, row {row}"),
            None => name.clone(),
        }),
    }
}

fn sentence(e: &ConsentEvent, attested: Option<&[String; 3]>) -> String {
    let undated = if e.precision == Precision::Unknown { " The day is not known." } else { "" };
    let said = match (e.kind, e.via) {
        (EventKind::OptIn, via) if via.is_person() => "Opted in, in the chat.",
        (EventKind::OptIn, Via::Operator | Via::Cli) => "Opted in, entered by the operator with evidence.",
        (EventKind::OptIn, _) => "Opted in, by a list with date and source.",
        (EventKind::Attested, _) => {
            return match attested {
                Some([place, from, to]) => {
                    format!("Attested by the operator: agreed at {place} between {from} and {to}.")
                }
                None => "Attested by the operator.".to_owned(),
            };
        }
        (EventKind::Declined, _) => "A list says that they did not agree.",
        (EventKind::OptOut, via) if via.is_person() => "Opted out, in the chat.",
        (EventKind::OptOut, Via::Import | Via::Profile) => "Opted out, by a list.",
        (EventKind::OptOut, Via::Merge) => "Opted out under another entry of the same person.",
        (EventKind::OptOut, _) => "Opted out, recorded by the operator.",
        (EventKind::MarketingStop, _) => "Stopped marketing in WhatsApp.",
        (EventKind::MarketingResume, _) => "Allowed marketing again in WhatsApp.",
        (EventKind::ProbableOptOut, _) => "Wrote something that may be an opt-out.",
        (EventKind::NotAnOptOut, _) => "Decided: that was not an opt-out.",
        (EventKind::Blocked, _) => "Blocked by you.",
        (EventKind::Unblocked, _) => "Unblocked by you.",
        (EventKind::Undone, _) => "The import that brought an entry was taken back; that entry counts no more.",
        (EventKind::Erased, _) => "Their data were erased.",
    };
    format!("{said}{undated}")
}

/// The state of a person as the rules see it, for other use cases.
///
/// # Errors
/// [`StoreError`].
pub fn state_in(c: &Connection, id: ContactId) -> Result<ConsentState, StoreError> {
    consent_state::get(c, contacts::present_id(c, id)?.unwrap_or(id))
}
