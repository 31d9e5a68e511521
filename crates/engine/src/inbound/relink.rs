//! Numbers and user ids that change hands: the person stays the same, with everything that is on record about them.

use switchboard_cloud_api::webhooks::{Event, Message, MessageContent, SystemNotice, UserIdUpdate, UserRef};
use switchboard_domain::ids::{Bsuid, ContactId, WaId};
use switchboard_domain::redact::Personal;
use switchboard_store::WriteTx;
use switchboard_store::tables::contacts::{self, Names};
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::people as people_table;

use super::{InboundRules, NotApplied, people};

/// A system message: a number or user id changed (webhooks.md §4.13). Its prose is never read.
pub(super) fn apply_system(
    tx: &mut WriteTx<'_>,
    message: &Message,
    notice: &SystemNotice,
    rules: &InboundRules,
) -> Result<(), NotApplied> {
    match notice.kind.as_deref() {
        Some("user_changed_number" | "user_changed_user_id") => {
            let old = UserRef {
                wa_id: notice.previous.wa_id.clone().or_else(|| message.from.wa_id.clone()),
                user_id: notice.previous.user_id.clone().or_else(|| message.from.user_id.clone()),
                parent_user_id: None,
            };
            relink(tx, &old, notice.new.wa_id.clone(), notice.new.user_id.clone(), rules)
        }
        // Only with identity checks switched on, which we do not; nothing of ours depends on the key.
        Some("customer_identity_changed") => Ok(()),
        other => Err(NotApplied::NotUnderstood(format!("a system message of kind {}", other.unwrap_or("unknown")))),
    }
}

/// The documented form that is not subscribable today (webhooks.md §7.5).
pub(super) fn apply_user_id_update(
    tx: &mut WriteTx<'_>,
    _event: &Event,
    update: &UserIdUpdate,
    rules: &InboundRules,
) -> Result<(), NotApplied> {
    let old = UserRef { wa_id: update.wa_id.clone(), user_id: update.user_id.previous.clone(), parent_user_id: None };
    relink(tx, &old, None, update.user_id.current.clone(), rules)
}

/// Gives the new ids to the person with the old ones. If somebody already stands under the new ids, both are one
/// person from now on, with the stricter consent.
fn relink(
    tx: &mut WriteTx<'_>,
    old: &UserRef,
    wa_id: Option<WaId>,
    bsuid: Option<Bsuid>,
    rules: &InboundRules,
) -> Result<(), NotApplied> {
    if wa_id.is_none() && bsuid.is_none() {
        return Err(NotApplied::NotUnderstood("a change of id that names no new one".to_owned()));
    }
    let new = UserRef { wa_id: wa_id.clone(), user_id: bsuid.clone(), parent_user_id: None };
    let Some(person) = people::known(tx, old)? else {
        // We never heard of them under the old ids; they are somebody new under the new ones.
        people::of(tx, &rules.ledger, &new, None)?;
        return Ok(());
    };
    if let Some(other) = people::known(tx, &new)?.filter(|other| *other != person) {
        people_table::merge(tx, &rules.ledger, person, other)?;
    }
    let keys = PersonKeys { phone: None, wa_id, bsuid, username: None };
    if keys.wa_id.is_some() {
        contacts::forget_phone(tx, person)?;
    }
    // The old identifiers stay with the person: an opt-out holds on every one of them.
    contacts::learn(tx, person, &Names::default(), &keys, None, false)?;
    tx.touch("contacts")?;
    Ok(tx.touch("inbox")?)
}

/// The person answered our request for their number with their own card: only such a card says whose number it is
/// (webhooks.md §4.4).
pub(super) fn learn_own_card(
    tx: &mut WriteTx<'_>,
    contact: ContactId,
    message: &Message,
    rules: &InboundRules,
) -> Result<(), NotApplied> {
    let MessageContent::Contacts(cards) = &message.content else { return Ok(()) };
    let own = cards.iter().find(|card| card.origin.as_deref() == Some("contact_request"));
    let Some(phone) = own.and_then(|card| card.phones.first()) else { return Ok(()) };
    let typed = phone.phone.as_ref().map(Personal::expose).unwrap_or_default();
    let keys = PersonKeys {
        phone: switchboard_domain::phone::PhoneNumber::parse_in(typed, None).ok(),
        wa_id: phone.wa_id.clone(),
        bsuid: message.from.user_id.clone(),
        username: None,
    };
    if (keys.phone.is_some() || keys.wa_id.is_some()) && keys.bsuid.is_some() {
        people_table::resolve_in(tx, &rules.ledger, &keys, &Names::default())?;
    } else if keys.phone.is_some() || keys.wa_id.is_some() {
        contacts::learn(tx, contact, &Names::default(), &keys, None, false)?;
    }
    Ok(())
}
