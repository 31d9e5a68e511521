//! Opt-outs and opt-ins that people give us: in words, by a button, or in WhatsApp's own menu (consent-rules).
//!
//! The signal, the ledger entry and the cancelling of what is queued are one transaction: when it is committed, nothing
//! that was owed to this person is left to claim (P2).

use switchboard_cloud_api::webhooks::{Event, InteractiveReply, Message, MessageContent, UserPreference};
use switchboard_domain::consent::{EventKind, Purposes, Via};
use switchboard_domain::ids::{ContactId, PhoneNumberId};
use switchboard_domain::opt_out_words::{self, ChatSignal};
use switchboard_domain::redact::Personal;
use switchboard_domain::send::{MessageKind, SendContent};
use switchboard_domain::time::UnixMillis;
use switchboard_store::WriteTx;
use switchboard_store::tables::consent_events::{self, Evidence, NewEvent};
use switchboard_store::tables::{messages, outbox};

use super::{Applied, Arrival, InboundRules, NotApplied, event_time, people};
use crate::sender::{Single, enqueue_single};

/// Payloads of quick-reply buttons that mean an opt-out. A template's button carries one of these when we send it;
/// otherwise its label is read like words.
const OPT_OUT_PAYLOADS: [&str; 4] = ["switchboard:opt_out", "opt_out", "optout", "stop"];
/// Payloads of buttons that mean an opt-in.
const OPT_IN_PAYLOADS: [&str; 3] = ["switchboard:opt_in", "opt_in", "optin"];

/// What a message says about receiving messages, and whether by a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    signal: ChatSignal,
    via: Via,
}

impl Reading {
    /// What it says.
    pub(super) const fn signal(self) -> ChatSignal {
        self.signal
    }

    /// Whether it forbids something.
    pub(super) const fn is_opt_out(self) -> bool {
        matches!(self.signal, ChatSignal::OptOut | ChatSignal::ProbableOptOut)
    }
}

/// Reads a message. `after_marketing`: our last message to this person was a marketing template; none = not known yet,
/// then the reading is the wider one.
pub(super) fn reading_of(message: &Message, after_marketing: Option<bool>) -> Reading {
    let after_marketing = after_marketing.unwrap_or(true);
    let by_words = |text: &str, via| Reading { signal: opt_out_words::read(text, after_marketing), via };
    let by_button = |payload: Option<&str>, label: Option<&str>| {
        let payload = payload.unwrap_or_default().trim().to_ascii_lowercase();
        if OPT_OUT_PAYLOADS.contains(&payload.as_str()) {
            return Reading { signal: ChatSignal::OptOut, via: Via::Button };
        }
        if OPT_IN_PAYLOADS.contains(&payload.as_str()) {
            return Reading { signal: ChatSignal::OptIn, via: Via::Button };
        }
        by_words(label.unwrap_or_default(), Via::Button)
    };
    match &message.content {
        MessageContent::Text(text) => by_words(text.expose(), Via::Chat),
        MessageContent::Edit(edit) => match &edit.content {
            MessageContent::Text(text) => by_words(text.expose(), Via::Chat),
            _ => Reading { signal: ChatSignal::Nothing, via: Via::Chat },
        },
        MessageContent::Button(tap) => {
            by_button(tap.payload.as_ref().map(Personal::expose), tap.text.as_ref().map(Personal::expose))
        }
        MessageContent::Interactive(reply) => match &**reply {
            InteractiveReply::Button(r) | InteractiveReply::List(r) => {
                by_button(r.id.as_deref(), r.title.as_ref().map(Personal::expose))
            }
            _ => Reading { signal: ChatSignal::Nothing, via: Via::Chat },
        },
        // A caption counts as words: "STOP" under a picture is a STOP.
        other => by_words(other.text().unwrap_or_default(), Via::Chat),
    }
}

/// Reads a person's message for what it says about receiving messages, and applies it. Returns whether it was read as
/// an opt-out. The one confirmation goes out from `number`; none = what was said is honoured without one.
pub(super) fn read_message(
    tx: &mut WriteTx<'_>,
    contact: ContactId,
    number: Option<&PhoneNumberId>,
    message: &Message,
    at: UnixMillis,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<bool, NotApplied> {
    if reading_of(message, None).signal == ChatSignal::Nothing {
        return Ok(false);
    }
    let after_marketing = messages::last_template_category(tx, contact, at)?.as_deref() == Some("marketing");
    let reading = reading_of(message, Some(after_marketing));
    let kind = match reading.signal {
        ChatSignal::OptOut => EventKind::OptOut,
        ChatSignal::ProbableOptOut => EventKind::ProbableOptOut,
        ChatSignal::OptIn => EventKind::OptIn,
        ChatSignal::Nothing => return Ok(false),
    };
    let words = message.text().unwrap_or_default().chars().take(500).collect::<String>();
    let new = NewEvent {
        purposes: Purposes::GENERAL,
        evidence: Evidence {
            source: Some(
                if reading.via == Via::Button { "button in the chat" } else { "message in the chat" }.to_owned(),
            ),
            note: Some(words),
            message_id: Some(message.id.as_str().to_owned()),
            ..Evidence::default()
        },
        dedupe_key: Some(format!("{}:{}", kind.as_str(), message.id.as_str())),
        ..NewEvent::now(contact, kind, reading.via, at)
    };
    let Some((_, state)) = consent_events::append(tx, &rules.ledger, &new)? else {
        return Ok(kind == EventKind::OptOut);
    };
    tx.touch("consent")?;
    tx.touch("contacts")?;
    match kind {
        EventKind::OptOut if state.opted_out.is_some() => {
            cancel_queued(tx, contact, false, "opted_out", "The person opted out before this was sent.", applied)?;
            if let (Some(text), Some(number)) = (&rules.opt_out_confirmation, number) {
                confirm(tx, contact, number, text, message, applied)?;
            }
        }
        EventKind::ProbableOptOut => {
            cancel_queued(
                tx,
                contact,
                true,
                "to_decide",
                "The person may have opted out; no marketing until someone decides.",
                applied,
            )?;
        }
        _ => {}
    }
    Ok(kind == EventKind::OptOut)
}

/// The person stopped or resumed marketing in WhatsApp's own menu (webhooks.md §7.6). It lifts only what it set itself.
pub(super) fn apply_preference(
    tx: &mut WriteTx<'_>,
    event: &Event,
    preference: &UserPreference,
    kind: EventKind,
    arrival: Arrival,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let at = event_time(event, preference.at, arrival);
    let contact = people::of(tx, &rules.ledger, &preference.user, preference.contact.as_ref())?;
    let new = NewEvent {
        purposes: Purposes::MARKETING,
        evidence: Evidence { source: Some("WhatsApp's own menu".to_owned()), ..Evidence::default() },
        // One choice a second at most: Meta's time has that resolution.
        dedupe_key: Some(format!("preference:{contact}:{}:{}", kind.as_str(), at.as_ms())),
        ..NewEvent::now(contact, kind, Via::Platform, at)
    };
    if let Some((_, state)) = consent_events::append(tx, &rules.ledger, &new)? {
        tx.touch("consent")?;
        tx.touch("contacts")?;
        if state.marketing_stopped.is_some() {
            cancel_queued(
                tx,
                contact,
                true,
                "marketing_stopped",
                "The person stopped marketing in WhatsApp before this was sent.",
                applied,
            )?;
        }
    }
    Ok(())
}

fn cancel_queued(
    tx: &mut WriteTx<'_>,
    contact: ContactId,
    marketing_only: bool,
    code: &str,
    sentence: &str,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    if outbox::cancel_queued_of_contact(tx, contact, marketing_only, code, sentence)? > 0 {
        applied.sends = true;
        tx.touch("campaigns")?;
        tx.touch("inbox")?;
    }
    Ok(())
}

/// The one confirmation after an opt-out, in the window that the opt-out itself opened.
fn confirm(
    tx: &mut WriteTx<'_>,
    contact: ContactId,
    number: &PhoneNumberId,
    text: &str,
    message: &Message,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let single = Single {
        contact_id: contact,
        phone_number_id: number.clone(),
        kind: MessageKind::OptOutConfirmation,
        template_id: None,
        content: SendContent { text: Some(text.to_owned()), ..SendContent::default() },
        idempotency_key: format!("opt_out_confirmation:{}", message.id.as_str()),
    };
    applied.sends |= enqueue_single(tx, &single)?.fresh;
    Ok(())
}
