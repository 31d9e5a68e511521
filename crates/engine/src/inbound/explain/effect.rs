//! What the console would do with an event, in words made from its plan.

use switchboard_cloud_api::errors::GraphError;
use switchboard_cloud_api::webhooks::{InteractiveReply, Message, MessageContent, MessageStatus};
use switchboard_domain::consent::EventKind;
use switchboard_domain::opt_out_words::ChatSignal;
use switchboard_domain::send::OutboxState;

use super::super::account::{self, Weight};
use super::super::consent;
use super::super::plan::Plan;
use super::super::relink;
use super::super::show::unsupported_sentence;
use super::super::templates::{StatusChange, TEXTS_CHANGED, category_text};
use crate::sender::{self, AboutPerson, Consequences, Stops};
use crate::templates::sentences;

/// The whole effect.
pub(super) fn of(plan: &Plan<'_>) -> String {
    match plan {
        Plan::NoteTest => format!(
            "A test from the App Dashboard, with made-up people who are left alone. Adds to the account's history: “{}”",
            account::TEST_ARRIVED
        ),
        Plan::Settle(status) => settle(status),
        Plan::AddMessage { message, number } => {
            let mut text = add_message(message);
            if number.is_none() {
                text.push_str(" It does not say which of your numbers it went to: the chat is the one with the number this person writes to, else with your only one. With several and no chat yet it is kept as received, and an opt-out in it holds all the same.");
            }
            text
        }
        Plan::React { message: _, target, emoji: Some(emoji) } => {
            format!("Shows {emoji} on message {}.", target.as_str())
        }
        Plan::React { message: _, target, emoji: None } => {
            format!("Takes their reaction off message {}.", target.as_str())
        }
        Plan::Edit { message, edit: _, target, number: _ } => {
            format!("Shows the new words in place of message {}.{}", target.as_str(), about_consent(message, true))
        }
        Plan::EditOurs { message: _, edit: _, target } => {
            format!("Shows the new words in place of your message {}.", target.as_str())
        }
        Plan::Revoke { target } => format!("Marks message {} as deleted.", target.as_str()),
        Plan::AddOurs { message, number: _, by_agent } => {
            let by = if *by_agent { "Meta's agent or another app" } else { "you, on the phone app" };
            format!("Puts {} into the chat as written by {by}; it is never unread.", what(&message.content))
        }
        Plan::AddPast { past, user: _, number: _, inbound } => {
            let by = if *inbound { "theirs" } else { "yours" };
            let kept = what(&past.message.content);
            let consent = if *inbound { about_consent(&past.message, false) } else { String::new() };
            format!("Puts {kept} of the past ({by}) into the chat at its own time, never unread.{consent}")
        }
        Plan::Relink(change) => {
            let mut new: Vec<String> = Vec::new();
            new.extend(change.wa_id.as_ref().map(|id| format!("number +{}", id.as_str())));
            new.extend(change.bsuid.as_ref().map(|id| format!("user id {}", id.as_str())));
            format!(
                "Gives the {} to the same person; everything on record about them, opt-outs included, stays theirs.",
                new.join(" and the ")
            )
        }
        Plan::Prefer { preference: _, kind: EventKind::MarketingStop } => {
            "Stops marketing to this person at once and cancels the marketing that is queued for them; other messages may go on.".to_owned()
        }
        Plan::Prefer { preference: _, kind: _ } => {
            "Lifts the stop that this person set in WhatsApp itself, unless a newer one is on record; an opt-out that they gave you stays.".to_owned()
        }
        Plan::Learn(_) => "Learns that this number and this user id are one person.".to_owned(),
        Plan::TemplateStatus { update, id: _ } => {
            let change = StatusChange::of(update);
            let pause = if change.is_sendable() { "" } else { " Campaigns that run on it are paused." };
            of_template(&change.text, pause)
        }
        Plan::TemplateQuality { update, id: _, score } => {
            of_template(&sentences::quality_changed(update.previous_quality_score.as_deref(), score), "")
        }
        Plan::TemplateCategory { update, id: _, current } => {
            let pause = if update.impending.is_some() {
                ""
            } else {
                " Campaigns that run on it are paused, because another category is another consent and another price."
            };
            of_template(&category_text(update, current), pause)
        }
        Plan::TemplateDoubt { update, id: _ } => {
            let correct = update.correct_category.as_deref().unwrap_or_default().to_ascii_lowercase();
            of_template(&sentences::category_doubted(&correct), "")
        }
        Plan::TemplateTexts { id: _ } => of_template(TEXTS_CHANGED, " Reads all templates again."),
        Plan::RereadTemplates => "Reads all templates again.".to_owned(),
        Plan::Notice(notice) => {
            let place = match notice.weight {
                Weight::Calm => "Adds to the account's history".to_owned(),
                Weight::Attention | Weight::Trouble => format!("Shows on Today ({})", notice.weight.word()),
            };
            let limit = if notice.limit.is_some() { " Uses the new messaging limit from now on." } else { "" };
            let faster = if notice.faster { " Uses the higher sending rate from now on." } else { "" };
            let stops = match notice.stops.as_ref().map(|stop| stop.scope) {
                Some(Stops::Account) => " Pauses every campaign until you act.",
                Some(Stops::Number) => " Pauses every campaign of this number until you act.",
                None => "",
            };
            format!("{place}: “{}”{stops}{limit}{faster} Reads account and numbers again.", notice.text)
        }
        Plan::Nothing(why) => format!("Nothing: {why}."),
        Plan::Keep(keep) => format!("Kept as received: {}. A later version reads it again.", keep.why),
    }
}

fn of_template(text: &str, more: &str) -> String {
    format!("Adds to the template's history: “{text}”{more} If the template is not known here, reads all templates.")
}

fn add_message(message: &Message) -> String {
    let mut text = match &message.content {
        MessageContent::Unsupported { sub_type } => format!(
            "Puts a line into the chat, unread: “{}” It opens the 24-hour window.",
            unsupported_sentence(sub_type.as_deref())
        ),
        MessageContent::Other => {
            "Puts a line into the chat, unread, that a message of this type cannot be shown, and keeps what came beside it. It opens the 24-hour window.".to_owned()
        }
        content => format!("Puts {} into the chat, unread. It opens the 24-hour window.", what(content)),
    };
    if message.content.media().is_some_and(|m| m.id.is_some()) {
        text.push_str(" Fetches the file at once; Meta keeps it for 7 days.");
    }
    if relink::own_card(message).is_some() {
        text.push_str(" Learns their phone number from the card, which is their own.");
    }
    if let MessageContent::Button(tap) = &message.content
        && tap.payload.as_ref().is_some_and(|p| p.expose() == "DID_NOT_REQUEST_CODE")
    {
        text.push_str(" They say they did not ask for this code: somebody else may be signing in with their number.");
    }
    text.push_str(&about_consent(message, true));
    text
}

/// What a message says about receiving messages; it may depend on what we sent last. What was said long ago is
/// honoured, not answered.
fn about_consent(message: &Message, answered: bool) -> String {
    let after_marketing = consent::reading_of(message, Some(true)).signal();
    let otherwise = consent::reading_of(message, Some(false)).signal();
    match (after_marketing, otherwise) {
        (ChatSignal::OptOut, ChatSignal::OptOut) if !answered => {
            " Read as an opt-out: recorded with these words, and everything queued for them is cancelled."
        }
        (ChatSignal::OptOut, ChatSignal::OptOut) => {
            " Read as an opt-out: recorded with these words, everything queued for them is cancelled, and they get one confirmation if you set one."
        }
        (ChatSignal::OptOut, _) => {
            " Read as an opt-out if the last template they got was marketing; otherwise it waits for your decision, without marketing until then."
        }
        (ChatSignal::ProbableOptOut, _) => {
            " Perhaps an opt-out: it waits for your decision on Today, and queued marketing to them is cancelled."
        }
        (ChatSignal::OptIn, _) => " Read as an opt-in: recorded with these words.",
        (ChatSignal::Nothing, _) => "",
    }
    .to_owned()
}

fn settle(status: &MessageStatus) -> String {
    const WAITS: &str = "If the message is not known yet, this waits for it.";
    match sender::delivery_word(status) {
        None if status.group_id.is_some() => "Nothing: groups are not part of this version.".to_owned(),
        None => "Nothing: this status says nothing about delivery.".to_owned(),
        Some("failed") if status.errors.is_empty() => {
            format!("Marks the message as failed, unless it was delivered; Meta gives no reason. {WAITS}")
        }
        Some("failed") => {
            let error = status.errors.first().cloned().unwrap_or(GraphError { code: -1, ..GraphError::default() });
            let state = match sender::state_of(&error) {
                OutboxState::Withheld => "held back by Meta",
                _ => "failed",
            };
            let sentence = sender::sentence_of(&error);
            let more = consequences(&error);
            format!("Marks the message as {state}, unless it was delivered: “{sentence}”{more} {WAITS}")
        }
        Some(word) => format!("Raises the message to {word}, if it was not that far; ticks never go back. {WAITS}"),
    }
}

fn consequences(error: &GraphError) -> String {
    let Consequences { stops, pauses_template, about_person } = Consequences::of(error);
    let stops = match stops {
        Some(Stops::Account) => " Stops every campaign until you act.",
        Some(Stops::Number) => " Stops every campaign of this number until you act.",
        None => "",
    };
    let template = if pauses_template { " Pauses what runs on the template." } else { "" };
    let person = match about_person {
        Some(AboutPerson::Unreachable) => " Leaves the person out of campaigns for a while.",
        Some(AboutPerson::Withheld) => {
            " Remembers that Meta holds back messages to this person; nothing is sent again by itself."
        }
        Some(AboutPerson::MarketingStopped) => " Stops marketing to this person and cancels what is queued for them.",
        Some(AboutPerson::Blocked) => " Sends nothing to this person until they are unblocked.",
        None => "",
    };
    format!("{stops}{template}{person}")
}

/// What a message is.
fn what(content: &MessageContent) -> &'static str {
    match content {
        MessageContent::Text(_) => "a message",
        MessageContent::Image(_) => "a photo",
        MessageContent::Video(_) => "a video",
        MessageContent::Audio(medium) if medium.voice == Some(true) => "a voice message",
        MessageContent::Audio(_) => "a sound",
        MessageContent::Document(_) => "a document",
        MessageContent::Sticker(_) => "a sticker",
        MessageContent::Location(_) => "a place",
        MessageContent::Contacts(_) => "a contact card",
        MessageContent::Reaction(_) => "a reaction",
        MessageContent::Button(_) => "a tap on a template's button",
        MessageContent::Interactive(reply) => match &**reply {
            InteractiveReply::Button(_) => "a tap on a reply button",
            InteractiveReply::List(_) => "a choice from a list",
            InteractiveReply::Flow(_) => "an answered form",
            InteractiveReply::CallPermission(_) => "an answer to a request for calls",
            InteractiveReply::Other { .. } => "an answer to an interactive message",
        },
        MessageContent::Order(_) => "an order",
        MessageContent::System(_) => "a notice of WhatsApp",
        MessageContent::Edit(_) => "a change of a message",
        MessageContent::Revoke { .. } => "a deletion",
        MessageContent::MediaPlaceholder => "a placeholder for a file",
        MessageContent::RequestWelcome => "an opened chat",
        MessageContent::Unsupported { .. } => "a line that something cannot be shown",
        MessageContent::Other => "a line that a message of this type cannot be shown",
    }
}
