//! Why a campaign does not send at the moment, named: what it waits for, until when, and what can be done.

use std::time::Duration;

use switchboard_bridge::dto::Stall;
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::rules::{closed_until, zone};
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::campaigns::CampaignRow;
use switchboard_store::tables::{number_limits, outbox, sender_state};
use switchboard_store::{Connection, StoreError};

use crate::operator_rules::{NEVER_IN_HOURS, OperatorRules, time_in};
use crate::sender::{MARKETING_SHARE, TEMPLATE_CHANGED};

/// Something further away than this is worth saying.
const SOON: Duration = Duration::from_secs(30);
const DAY: Duration = Duration::from_secs(86_400);

fn stall(code: &str, sentence: impl Into<String>, remedy: &str, until: Option<UnixMillis>) -> Stall {
    Stall {
        code: code.to_owned(),
        sentence: sentence.into(),
        remedy: (!remedy.is_empty()).then(|| remedy.to_owned()),
        until_at_ms: until.map(UnixMillis::as_ms),
    }
}

/// What of the campaign itself holds everybody back: its start, its hours, or what every row waits for.
pub(super) fn of_campaign(
    connection: &Connection,
    row: &CampaignRow,
    now: UnixMillis,
) -> Result<Option<Stall>, StoreError> {
    if !matches!(row.state, CampaignState::Running | CampaignState::Launching) {
        return Ok(None);
    }
    let rules = OperatorRules::load(connection)?;
    if let Some(starts) = row.starts_at.filter(|at| *at > now.plus(SOON)) {
        let planned = row.operator_rules.schedule.as_ref().and_then(|s| zone(&s.start.zone));
        let sentence = format!("It starts on {}.", time_in(planned.as_ref().unwrap_or(&rules.shop), starts));
        return Ok(Some(stall("planned", sentence, "", Some(starts))));
    }
    if let Some(stall) = never_in_hours(connection, row)? {
        return Ok(Some(stall));
    }
    if let Some(opens) = row.operator_rules.window.and_then(|open| closed_until(open, &rules.shop, now)) {
        let sentence = format!("Waiting for the hours of this campaign, until {}.", rules.shop_time(opens));
        return Ok(Some(stall("hours", sentence, "", Some(opens))));
    }
    let next = outbox::next_waiting(connection, row.campaign_id)?.filter(|(at, _)| *at > now.plus(SOON));
    Ok(next.map(|(at, why)| {
        let why = why.unwrap_or_default();
        let sentence = format!("Everybody who still waits is held until {} at least. {why}", rules.shop_time(at));
        stall("held", sentence.trim_end(), "", Some(at))
    }))
}

/// Everybody who still waits sleeps by the quiet hours whenever the campaign may send: without an end it would wait for
/// them for ever.
fn never_in_hours(connection: &Connection, row: &CampaignRow) -> Result<Option<Stall>, StoreError> {
    if row.operator_rules.window.is_none() {
        return Ok(None);
    }
    let people = match outbox::all_wait_for(connection, row.campaign_id, NEVER_IN_HOURS)? {
        0 => return Ok(None),
        1 => "The person who still waits".to_owned(),
        n => format!("The {n} people who still wait"),
    };
    let sentence = format!(
        "{people} cannot be reached: whenever this campaign may send, it is within your quiet hours where they are."
    );
    let remedy = "Shorten the quiet hours in Settings, Sending, and it goes on by itself; or cancel it, and the report \
                  says who did not get it.";
    Ok(Some(stall(NEVER_IN_HOURS, sentence, remedy, None)))
}

/// Why this campaign does not send now; `None` while it sends, has ended or is about to start. `somebody_sends`: some
/// process holds the engine role.
pub(super) fn of(
    connection: &Connection,
    row: &CampaignRow,
    category: Category,
    now: UnixMillis,
    somebody_sends: bool,
) -> Result<Option<Stall>, StoreError> {
    if row.state == CampaignState::Paused {
        let code = row.paused_code.as_deref().unwrap_or("operator");
        let sentence = row.paused_reason.clone().unwrap_or_else(|| "Paused by you.".to_owned());
        // Other variables share the word with another text, and their sentence says already what to do.
        let remedy = if sentence == TEMPLATE_CHANGED.1 { "" } else { after_a_pause(code) };
        return Ok(Some(stall(code, sentence, remedy, None)));
    }
    let under_way = matches!(row.state, CampaignState::Running | CampaignState::Launching);
    if !under_way || row.starts_at.is_some_and(|starts| starts > now) {
        return Ok(None);
    }
    if !somebody_sends {
        return Ok(Some(stall(
            "nobody_sends",
            "No Switchboard is running for this profile, so nothing is sent.",
            "Open the window, or start switchboard-cli run.",
            None,
        )));
    }
    if row.state != CampaignState::Running {
        return Ok(None);
    }
    if let Some(found) = of_campaign(connection, row, now)? {
        return Ok(Some(found));
    }
    if !outbox::has_queued(connection, row.campaign_id)? {
        return Ok(None);
    }
    let state = sender_state::get(connection)?;
    if let (Some(code), Some(sentence)) = (state.waiting_code, state.waiting_sentence) {
        let of_marketing_alone = code == MARKETING_SHARE && category == Category::Utility;
        if !of_marketing_alone {
            return Ok(Some(stall(&code, sentence, while_waiting(&code), None)));
        }
    }
    own_limit(connection, row, now)
}

/// The operator's own limit of people for the sending number.
fn own_limit(connection: &Connection, row: &CampaignRow, now: UnixMillis) -> Result<Option<Stall>, StoreError> {
    let Some(number) = &row.phone_number_id else { return Ok(None) };
    let Some(limit) = number_limits::get(connection, number)?.people_per_day(now) else { return Ok(None) };
    if number_limits::reached_since(connection, number, now.minus(DAY))? < limit {
        return Ok(None);
    }
    Ok(Some(stall(
        "own_limit",
        format!("Waiting: the number has reached {limit} people in 24 hours, as many as you allow."),
        "It goes on as people fall out of the 24 hours; Settings, Sending has the limit.",
        None,
    )))
}

/// What can be done about a pause.
fn after_a_pause(code: &str) -> &'static str {
    match code {
        // Paused by hand, or a reason that says itself what to do.
        "operator" | "budget" | "month_budget" | "no_price" | "missed_start" => "",
        "account_stop" => "Do what Settings, Account says, check the account again there, then resume.",
        "template_refused" | "template_not_sendable" | "template_unsendable" | "template_gone" => {
            "Look at the template in Templates. When Meta approves it again, resume."
        }
        "template_category" => "Consent and price are others now. Cancel this campaign and make a new one.",
        "template_changed" => "Read its new text in Templates. Resume to send that, or cancel.",
        "failing" => "Look at the reasons below before you resume.",
        "copied_database" => "Look at what was sent before you resume: it may be more than this computer knows.",
        _ => "Resume when the cause is mended.",
    }
}

/// What can be done while the sender waits.
fn while_waiting(code: &str) -> &'static str {
    match code {
        "relay_not_configured" | "relay_unreachable" | "relay_refused" | "relay_silent" => {
            "It goes on by itself when the relay is heard again; see Settings, Relay."
        }
        "relay_full" | "relay_refusing" => "Free space on the relay's disk.",
        "another_console_sends" => "Settings, Relay can move sending to this computer.",
        "clock" => "Set the clock that is wrong, or have it set by the network. It goes on by itself then.",
        "no_token" => "Paste the token again in Settings, Account.",
        "network" => "Check the internet connection; it is tried again by itself.",
        "limit_until" | MARKETING_SHARE => "It goes on by itself; people fall out of the 24 hours one by one.",
        _ => "It goes on by itself.",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::listening::Deaf;
    use crate::sender::Waiting;

    #[test]
    fn whatever_the_sender_waits_for_has_a_remedy() {
        let at = UnixMillis::new(0);
        for waiting in [
            Waiting::Deaf(Deaf::NotConfigured),
            Waiting::Deaf(Deaf::AnotherConsole),
            Waiting::Deaf(Deaf::Refusing),
            Waiting::NoToken,
            Waiting::Network(at),
            Waiting::PeoplePerDay(250, None),
            Waiting::MarketingShare(250, 25, None),
            Waiting::Throttled(at),
        ] {
            assert!(!while_waiting(waiting.code()).is_empty(), "{}", waiting.code());
        }
        assert!(while_waiting(Waiting::NoToken.code()).contains("token"));
        assert!(while_waiting(Waiting::Deaf(Deaf::AnotherConsole).code()).contains("this computer"));
    }
}
