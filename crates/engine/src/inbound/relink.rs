//! Numbers and user ids that change hands: the person stays the same, with everything that is on record about them.

use switchboard_cloud_api::messages::ContactCard;
use switchboard_cloud_api::webhooks::{Message, MessageContent, UserRef};
use switchboard_domain::ids::ContactId;
use switchboard_domain::redact::Personal;
use switchboard_store::WriteTx;
use switchboard_store::tables::contacts::{self, Names};
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::people as people_table;

use super::plan::Relink;
use super::{InboundRules, NotApplied, people};

/// Gives the new ids to the person with the old ones. If somebody already stands under the new ids, both are one
/// person from now on, with the stricter consent.
pub(super) fn apply(tx: &mut WriteTx<'_>, change: Relink, rules: &InboundRules) -> Result<(), NotApplied> {
    let Relink { old, wa_id, bsuid } = change;
    let new = UserRef { wa_id: wa_id.clone(), user_id: bsuid.clone(), parent_user_id: None };
    let Some(person) = people::known(tx, &old)? else {
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

/// The card in which a person sent their own number, if this message holds one.
pub(super) fn own_card(message: &Message) -> Option<&ContactCard> {
    let MessageContent::Contacts(cards) = &message.content else { return None };
    cards.iter().find(|card| card.origin.as_deref() == Some("contact_request"))
}

/// The person answered our request for their number with their own card: only such a card says whose number it is
/// (webhooks.md §4.4).
pub(super) fn learn_own_card(
    tx: &mut WriteTx<'_>,
    contact: ContactId,
    message: &Message,
    rules: &InboundRules,
) -> Result<(), NotApplied> {
    let Some(phone) = own_card(message).and_then(|card| card.phones.first()) else { return Ok(()) };
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
