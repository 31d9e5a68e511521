//! "Does anything need me?", and the line at the bottom of the window.

use std::time::Duration;

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{
    CampaignRow, CampaignStateDto, ProfileKind, RelayState, RelayStatus, Severity, StatusBar, Today, TodayItem,
    TodayTarget,
};
use switchboard_cloud_api::account::MessagingLimit;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::campaigns as store_campaigns;
use switchboard_store::tables::phone_numbers::OwnNumberRow;
use switchboard_store::tables::{
    account, account_events, account_stops, checklist, figures, messages, outbox, phone_numbers, templates, threads,
    unknown,
};
use switchboard_store::{Connection, StoreError};

use crate::inbox::in_words;
use crate::{Console, EngineError, campaigns};

/// A window that closes within this time is one that closes soon.
const CLOSES_SOON: Duration = Duration::from_secs(2 * 3600);
/// A token that ends within this time is told of.
const TOKEN_ENDS_SOON: Duration = Duration::from_secs(14 * 86_400);
/// Notices of Meta stay on Today this long.
const NOTICES_STAY: Duration = Duration::from_secs(7 * 86_400);
/// A relay that was not heard for so long is told of; a moment's break is not.
const SILENT_FOR: Duration = Duration::from_secs(120);

/// Today.
///
/// # Errors
/// A store error's sentence.
pub async fn today(console: &Console) -> Result<Today, UiError> {
    let now = console.clock().now();
    let relay = crate::relay_pull::status(console).await?;
    let practice = console.profile().kind() == ProfileKind::Practice;
    Ok(console.store().read(move |conn| of(conn, now, &relay, practice)).await.map_err(EngineError::Store)?)
}

fn of(conn: &Connection, now: UnixMillis, relay: &RelayStatus, practice: bool) -> Result<Today, StoreError> {
    let running = campaigns::under_way_in(conn, now)?;
    let contacts = figures::contacts(conn)?;
    let mut items = Vec::new();
    people(conn, now, &mut items)?;
    trouble(conn, now, relay, practice, &running, &mut items)?;
    if contacts == 0 {
        items.push(item(
            "no_contacts",
            Severity::Calm,
            "There is nobody in the address book yet.".to_owned(),
            "Import a list",
            TodayTarget::Import,
            0,
        ));
    }
    // Most urgent first; people before things of the same urgency, as they were added.
    items.sort_by_key(|i| match i.severity {
        Severity::Trouble => 0,
        Severity::Attention => 1,
        Severity::Calm => 2,
    });
    let (yesterday, midnight) = midnights(now);
    let before = figures::sent_between(conn, yesterday, midnight)?;
    let since = figures::sent_between(conn, midnight, UnixMillis::new(i64::MAX))?;
    Ok(Today {
        items,
        running,
        yesterday_sent: before.accepted,
        yesterday_delivered: before.delivered,
        yesterday_read: before.read,
        yesterday_replied: messages::people_who_wrote(conn, yesterday, midnight)?,
        today_sent: since.accepted,
        today_delivered: since.delivered,
        today_read: since.read,
        today_replied: messages::people_who_wrote(conn, midnight, UnixMillis::new(i64::MAX))?,
        contacts,
    })
}

/// Midnight before yesterday and midnight before today, by this machine's time zone.
fn midnights(now: UnixMillis) -> (UnixMillis, UnixMillis) {
    let zone = jiff::tz::TimeZone::system();
    let today = jiff::Timestamp::from_millisecond(now.as_ms()).map(|t| t.to_zoned(zone)).and_then(|z| z.start_of_day());
    let Ok(today) = today else { return (now, now) };
    let yesterday = today.yesterday().and_then(|z| z.start_of_day()).unwrap_or_else(|_| today.clone());
    (UnixMillis::new(yesterday.timestamp().as_millisecond()), UnixMillis::new(today.timestamp().as_millisecond()))
}

fn item(kind: &str, severity: Severity, text: String, action: &str, target: TodayTarget, count: u64) -> TodayItem {
    TodayItem { kind: kind.to_owned(), severity, text, action: action.to_owned(), target, target_id: None, count }
}

fn people(conn: &Connection, now: UnixMillis, items: &mut Vec<TodayItem>) -> Result<(), StoreError> {
    let inbox = threads::figures(conn, now, CLOSES_SOON)?;
    if inbox.waiting > 0 {
        let longest = inbox.waiting_since.map(|at| in_words(now.since(at))).unwrap_or_default();
        let text = if inbox.waiting == 1 {
            format!("One person waits for an answer, since {longest}.")
        } else {
            format!("{} people wait for an answer, the longest since {longest}.", inbox.waiting)
        };
        items.push(item(
            "waiting",
            Severity::Attention,
            text,
            "Open the inbox",
            TodayTarget::InboxWaiting,
            inbox.waiting,
        ));
    }
    if inbox.closing > 0 {
        let first = inbox.closes_first_at.map(|at| in_words(at.since(now))).unwrap_or_default();
        let text = if inbox.closing == 1 {
            format!("One conversation can be answered freely for only another {first}.")
        } else {
            format!("{} conversations can soon no longer be answered freely, the first in {first}.", inbox.closing)
        };
        items.push(item("closing", Severity::Attention, text, "Show them", TodayTarget::InboxClosing, inbox.closing));
    }
    let (undecided, one) = figures::to_decide(conn)?;
    if undecided > 0 {
        let text = if undecided == 1 {
            "One person wrote something that may be an opt-out. No marketing reaches them until you decide.".to_owned()
        } else {
            format!(
                "{undecided} people wrote something that may be an opt-out. No marketing reaches them until you decide."
            )
        };
        let mut line = item("opt_out_to_decide", Severity::Attention, text, "Decide", TodayTarget::Contact, undecided);
        line.target_id = one.map(|id| id.to_string());
        items.push(line);
    }
    Ok(())
}

fn trouble(
    conn: &Connection,
    now: UnixMillis,
    relay: &RelayStatus,
    practice: bool,
    running: &[CampaignRow],
    items: &mut Vec<TodayItem>,
) -> Result<(), StoreError> {
    for stop in account_stops::all_open(conn)? {
        let text = format!("{} {}", stop.sentence, stop.remedy);
        items.push(item("account_stop", Severity::Trouble, text, "Open the account", TodayTarget::Account, 1));
    }
    if let Some(end) = account::get(conn)?.and_then(|a| a.token.expires_at) {
        if end <= now {
            let text = "The token has expired: nothing can be sent. Paste a new one.".to_owned();
            items.push(item("token", Severity::Trouble, text, "Replace the token", TodayTarget::Account, 1));
        } else if end.since(now) <= TOKEN_ENDS_SOON {
            let text = format!("The token ends in {}. Generate a new one before then.", in_words(end.since(now)));
            items.push(item("token", Severity::Attention, text, "Replace the token", TodayTarget::Account, 1));
        }
    }
    if let Some(line) = relay_line(now, relay) {
        items.push(line);
    }
    for campaign in running.iter().filter(|c| c.state == CampaignStateDto::Paused) {
        let why = campaign.paused_reason.as_deref().unwrap_or("You paused it.");
        let severity = if campaign.paused_reason.is_some() { Severity::Trouble } else { Severity::Attention };
        let text = format!("The campaign “{}” is paused. {why}", campaign.name);
        let mut line = item("paused_campaign", severity, text, "Open it", TodayTarget::Campaign, 1);
        line.target_id = Some(campaign.id.clone());
        items.push(line);
    }
    for skipped in store_campaigns::skipped_since(conn, now.minus(NOTICES_STAY))? {
        let why = skipped.paused_reason.as_deref().unwrap_or_default();
        let text = format!("The campaign “{}” was not sent. {why}", skipped.name);
        let mut line = item("missed_start", Severity::Attention, text, "Open it", TodayTarget::Campaign, 1);
        line.target_id = Some(skipped.campaign_id.to_string());
        items.push(line);
    }
    let unknown = unknown::total(conn, unknown::Which::Open, None)?;
    if unknown > 0 {
        let text = if unknown == 1 {
            "The outcome of one message is unknown. It is not sent again by itself.".to_owned()
        } else {
            format!("The outcome of {unknown} messages is unknown. They are not sent again by themselves.")
        };
        items.push(item(
            "unknown_sends",
            Severity::Attention,
            text,
            "Look at them",
            TodayTarget::UnknownSends,
            unknown,
        ));
    }
    let unsendable = templates::list(conn)?
        .iter()
        .filter(|t| {
            matches!(t.status.as_str(), "PAUSED" | "DISABLED" | "REJECTED") && now.since(t.updated_at) <= NOTICES_STAY
        })
        .count() as u64;
    if unsendable > 0 && !practice {
        let text = if unsendable == 1 {
            "One template was paused, disabled or rejected in the last days.".to_owned()
        } else {
            format!("{unsendable} templates were paused, disabled or rejected in the last days.")
        };
        items.push(item(
            "templates",
            Severity::Attention,
            text,
            "Open the templates",
            TodayTarget::Templates,
            unsendable,
        ));
    }
    for notice in account_events::wanting_attention(conn, now.minus(NOTICES_STAY), 5)? {
        let severity = if notice.severity == "trouble" { Severity::Trouble } else { Severity::Attention };
        items.push(item("notice", severity, notice.text, "Open the account", TodayTarget::Account, 1));
    }
    if !practice {
        let open = checklist::list(conn)?.iter().filter(|s| s.state == "todo" && s.key != "relay").count() as u64;
        if open > 0 {
            let text = if open == 1 {
                "One step of the account checklist is still to do.".to_owned()
            } else {
                format!("{open} steps of the account checklist are still to do.")
            };
            items.push(item("checklist", Severity::Attention, text, "Open the checklist", TodayTarget::Account, open));
        }
    }
    Ok(())
}

fn relay_line(now: UnixMillis, relay: &RelayStatus) -> Option<TodayItem> {
    let heard = relay.last_heard_at_ms.map(UnixMillis::new);
    let silent = heard.is_none_or(|at| now.since(at) > SILENT_FOR);
    if relay.refusing
        && let Some(text) = relay.trouble.clone()
    {
        return Some(item("relay_refusing", Severity::Trouble, text, "Open the relay", TodayTarget::Relay, 1));
    }
    if relay.state == RelayState::Connected
        && let Some(text) = relay.silence.clone()
    {
        return Some(item("webhooks_silent", Severity::Trouble, text, "Check the webhooks", TodayTarget::Relay, 1));
    }
    let text = match relay.state {
        RelayState::NotConfigured | RelayState::Refused => relay.trouble.clone()?,
        RelayState::Unreachable if silent => {
            let since = relay.since_ms.map(|ms| in_words(now.since(UnixMillis::new(ms)))).unwrap_or_default();
            format!("The relay has been silent for {since}; campaigns wait until opt-outs can be heard again.")
        }
        _ => return None,
    };
    Some(item("relay_silent", Severity::Trouble, text, "Open the relay", TodayTarget::Relay, 1))
}

/// The status bar.
///
/// # Errors
/// A store error's sentence.
pub async fn status_bar(console: &Console) -> Result<StatusBar, UiError> {
    let now = console.clock().now();
    let relay = crate::relay_pull::status(console).await?;
    let practice = console.profile().kind() == ProfileKind::Practice;
    Ok(console.store().read(move |conn| bar(conn, now, relay, practice)).await.map_err(EngineError::Store)?)
}

fn bar(conn: &Connection, now: UnixMillis, relay: RelayStatus, practice: bool) -> Result<StatusBar, StoreError> {
    let number: Option<OwnNumberRow> = match account::get(conn)? {
        Some(account) => phone_numbers::get(conn, &account.default_phone_number_id)?,
        None => None,
    };
    let limit =
        number.as_ref().and_then(|n| n.messaging_limit.as_deref()).and_then(|l| MessagingLimit::parse(l).users());
    // Over three seconds, so that the figure does not jump with every batch.
    let recent = figures::accepted_since(conn, now.minus(Duration::from_secs(3)))?;
    Ok(StatusBar {
        display_phone_number: number.as_ref().map(|n| n.display_phone_number.clone()),
        quality_rating: number.and_then(|n| n.quality_rating),
        limit_used: outbox::reached_since(conn, now.minus(Duration::from_secs(86_400)))?,
        limit_max: limit.map(u64::from),
        sending_per_second: recent as f64 / 3.0,
        queued: figures::queued(conn)?,
        relay,
        unread_threads: threads::figures(conn, now, Duration::ZERO)?.waiting,
        practice,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn relay(state: RelayState, heard: Option<i64>) -> RelayStatus {
        RelayStatus {
            state,
            behind: 0,
            last_heard_at_ms: heard,
            since_ms: Some(0),
            url: None,
            desk: None,
            cursor: 0,
            head: 0,
            bad_signatures: 0,
            trouble: Some("No relay is set up.".to_owned()),
            refusing: false,
            silence: None,
            sender: switchboard_bridge::dto::RelaySender::Here,
            taking_over: false,
            words: None,
        }
    }

    #[test]
    fn a_short_silence_of_the_relay_is_no_line_and_a_long_one_is() {
        let now = UnixMillis::new(600_000);
        assert!(relay_line(now, &relay(RelayState::Unreachable, Some(590_000))).is_none());
        let line = relay_line(now, &relay(RelayState::Unreachable, Some(300_000))).unwrap();
        assert!(line.text.contains("10 minutes"), "{}", line.text);
        assert!(relay_line(now, &relay(RelayState::Connected, Some(0))).is_none());
        let silent = RelayStatus { silence: Some("Nothing came.".to_owned()), ..relay(RelayState::Connected, Some(0)) };
        assert_eq!(relay_line(now, &silent).unwrap().kind, "webhooks_silent");
    }

    #[test]
    fn midnights_lie_in_order_and_not_in_the_future() {
        let now = UnixMillis::new(1_795_305_600_000);
        let (yesterday, today) = midnights(now);
        assert!(yesterday < today && today <= now);
    }
}
