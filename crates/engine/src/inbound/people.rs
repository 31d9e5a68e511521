//! Whose event is it? Phone and business-scoped user id are learned to belong together from every webhook that
//! carries both; a person without a phone number is a normal person.

use std::borrow::Cow;

use switchboard_cloud_api::webhooks::{Message, MessageStatus, UserRef, WebhookContact};
use switchboard_domain::ids::ContactId;
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;
use switchboard_store::WriteTx;
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::{self, PersonKeys};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::{erasure, people};

use super::NotApplied;

/// The person who wrote a message.
pub(super) fn of_message(tx: &mut WriteTx<'_>, key: &LedgerKey, message: &Message) -> Result<ContactId, NotApplied> {
    not_erased(tx, key, &message.from, message.contact.as_ref(), message.at)?;
    found_or_made(tx, key, &message.from, message.contact.as_ref())
}

/// Refuses what speaks of somebody who was erased here, unless it is a message that they wrote since (`written_at`): that
/// one is answered like anybody's, and finds the prohibition still standing.
fn not_erased(
    tx: &WriteTx<'_>,
    key: &LedgerKey,
    user: &UserRef,
    contact: Option<&WebhookContact>,
    written_at: Option<UnixMillis>,
) -> Result<(), NotApplied> {
    let Some(erased_at) = erasure::erased_at(tx, key, &keys_of(user, contact))? else { return Ok(()) };
    let wrote_since = written_at.is_some_and(|at| at > erased_at);
    if wrote_since || known(tx, &merged(user, contact))?.is_some() { Ok(()) } else { Err(NotApplied::Erased) }
}

/// The person behind these ids; made if new.
pub(super) fn of(
    tx: &mut WriteTx<'_>,
    key: &LedgerKey,
    user: &UserRef,
    contact: Option<&WebhookContact>,
) -> Result<ContactId, NotApplied> {
    not_erased(tx, key, user, contact, None)?;
    found_or_made(tx, key, user, contact)
}

fn found_or_made(
    tx: &mut WriteTx<'_>,
    key: &LedgerKey,
    user: &UserRef,
    contact: Option<&WebhookContact>,
) -> Result<ContactId, NotApplied> {
    let keys = keys_of(user, contact);
    if keys.wa_id.is_none() && keys.bsuid.is_none() {
        return Err(NotApplied::NotUnderstood(Cow::Borrowed("nobody is named")));
    }
    let name = contact.and_then(|c| c.name.as_ref()).map(Personal::expose).unwrap_or_default();
    Ok(people::resolve_in(tx, key, &keys, &Names::of_full(name))?.contact_id)
}

/// Whether an event names anybody by an id that a person can be found by.
pub(super) fn is_named(user: &UserRef, contact: Option<&WebhookContact>) -> bool {
    let user = merged(user, contact);
    user.wa_id.is_some() || user.user_id.is_some()
}

/// Learns from `contacts[]` that stood alone.
pub(super) fn learn(tx: &mut WriteTx<'_>, key: &LedgerKey, contact: &WebhookContact) -> Result<(), NotApplied> {
    of(tx, key, &contact.user, Some(contact))?;
    Ok(())
}

/// A status may be the first webhook that names both ids of a person. One indexed read when they are known already.
pub(super) fn learn_from_status(
    tx: &mut WriteTx<'_>,
    key: &LedgerKey,
    status: &MessageStatus,
) -> Result<(), NotApplied> {
    let user = merged(&status.recipient, status.contact.as_ref());
    if status.group_id.is_some() || user.wa_id.is_none() {
        return Ok(());
    }
    let Some(bsuid) = &user.user_id else { return Ok(()) };
    if identifiers::find_bsuid(tx, bsuid)?.is_none() {
        of(tx, key, &user, status.contact.as_ref())?;
    }
    Ok(())
}

/// All ids that an event tells of a person; one who is not named beside a lone contact is that contact.
pub(super) fn merged(user: &UserRef, contact: Option<&WebhookContact>) -> UserRef {
    let mut user = user.clone();
    if let Some(contact) = contact.filter(|c| user.is_empty() || c.user.same_person(&user)) {
        user.wa_id = user.wa_id.or_else(|| contact.user.wa_id.clone());
        user.user_id = user.user_id.or_else(|| contact.user.user_id.clone());
    }
    user
}

fn keys_of(user: &UserRef, contact: Option<&WebhookContact>) -> PersonKeys {
    let user = merged(user, contact);
    PersonKeys {
        phone: None,
        wa_id: user.wa_id,
        bsuid: user.user_id,
        username: contact.and_then(|c| c.username.as_ref()).map(|u| u.expose().to_owned()),
    }
}

/// The person with these ids, if one is known.
pub(super) fn known(tx: &WriteTx<'_>, user: &UserRef) -> Result<Option<ContactId>, NotApplied> {
    if let Some(bsuid) = &user.user_id
        && let Some(found) = identifiers::find_bsuid(tx, bsuid)?
    {
        return Ok(Some(found));
    }
    let keys = PersonKeys { wa_id: user.wa_id.clone(), ..PersonKeys::default() };
    match keys.number() {
        Some(number) => Ok(identifiers::find_phone(tx, &number)?),
        None => Ok(None),
    }
}
