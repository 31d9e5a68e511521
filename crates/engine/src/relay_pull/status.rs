//! The relay in words: from the stored row and what the running link knows.

use switchboard_bridge::dto::{RelaySender, RelayState, RelayStatus};
use switchboard_relay_api::{CloseCode, CloseReason, LinkPhase, RelayState as LinkState};
use switchboard_store::tables::relay::RelayRow;

/// How the relay stands. Without the engine role another process holds the link, and only the row is known here.
pub fn status_of(row: Option<&RelayRow>, link: Option<&LinkState>, holds_role: bool) -> RelayStatus {
    let Some(row) = row else {
        return RelayStatus {
            state: RelayState::NotConfigured,
            behind: 0,
            last_heard_at_ms: None,
            since_ms: None,
            url: None,
            desk: None,
            cursor: 0,
            head: 0,
            bad_signatures: 0,
            trouble: Some(
                "No relay is set up: replies and opt-outs do not arrive. Set one up in Settings > Relay.".to_owned(),
            ),
            sender: RelaySender::Nobody,
            words: None,
        };
    };
    let head = link.and_then(|l| l.head).map_or(row.head.0, |h| h.get()).max(row.cursor.0);
    let cursor = link.map_or(row.cursor.0, |l| l.acked.get()).max(row.cursor.0);
    let behind = head.saturating_sub(cursor);
    let (state, since_ms, mut trouble) = match link.map(|l| &l.phase) {
        None if holds_role => (RelayState::CatchingUp, None, None),
        None => (RelayState::CatchingUp, None, Some("Another Switchboard is listening for this profile.".to_owned())),
        Some(LinkPhase::Connecting | LinkPhase::Stopped) => (RelayState::CatchingUp, None, None),
        Some(LinkPhase::Connected) if behind == 0 => (RelayState::Connected, None, None),
        Some(LinkPhase::Connected) => (RelayState::CatchingUp, None, None),
        Some(LinkPhase::Unreachable { since_ms, reason: reason @ CloseReason::Refused(CloseCode::Pending) }) => {
            (RelayState::Waiting, Some(*since_ms), Some(sentence(&reason.to_string())))
        }
        Some(LinkPhase::Unreachable { since_ms, reason }) => {
            (RelayState::Unreachable, Some(*since_ms), Some(sentence(&reason.to_string())))
        }
        Some(LinkPhase::Refused { since_ms, reason }) => {
            (RelayState::Refused, Some(*since_ms), Some(sentence(&reason.to_string())))
        }
    };
    let bad_signatures = link.map_or(row.bad_signatures, |l| l.bad_signatures.max(row.bad_signatures));
    if trouble.is_none() && row.gaps > 0 {
        trouble = Some(format!(
            "{} webhooks were no longer at the relay when this console asked for them; statuses and replies of that time may be missing.",
            row.gaps
        ));
    }
    if trouble.is_none() && bad_signatures > 3 {
        trouble = Some(format!(
            "The relay turned away {bad_signatures} webhooks for a wrong signature. If the app secret was changed at Meta, give the relay the new one."
        ));
    }
    RelayStatus {
        state,
        behind,
        last_heard_at_ms: link
            .and_then(|l| l.last_heard)
            .map(|h| h.wall_ms)
            .or(row.last_heard_at.map(switchboard_domain::time::UnixMillis::as_ms)),
        since_ms,
        url: Some(row.url.clone()),
        desk: Some(row.desk.as_str().to_owned()),
        cursor,
        head,
        bad_signatures,
        trouble,
        sender: sender_of(row, link),
        words: None,
    }
}

/// Who sends the desk's campaigns, as last heard.
fn sender_of(row: &RelayRow, link: Option<&LinkState>) -> RelaySender {
    match link.and_then(|l| l.lease.as_ref()) {
        None => RelaySender::Nobody,
        Some(lease) if !lease.granted => RelaySender::ChangingHands,
        Some(lease) if lease.is_for(row.device.as_str()) => RelaySender::Here,
        Some(_) => RelaySender::Elsewhere,
    }
}

/// A reason of the link as a sentence of its own.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let mut out: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    if !out.ends_with('.') {
        out.push('.');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchboard_domain::ids::{DeskId, DeviceId, RelaySeq};

    fn row() -> RelayRow {
        RelayRow {
            url: "wss://relay.example.com".to_owned(),
            desk: DeskId::new("shop"),
            device: DeviceId::new("till"),
            log_id: String::new(),
            device_name: String::new(),
            cursor: RelaySeq(5),
            head: RelaySeq(9),
            last_heard_at: None,
            bad_signatures: 0,
            gaps: 0,
            events_applied: 0,
        }
    }

    #[test]
    fn no_relay_says_what_is_missing() {
        let status = status_of(None, None, true);
        assert_eq!(status.state, RelayState::NotConfigured);
        assert!(status.trouble.is_some());
    }

    #[test]
    fn a_console_behind_the_head_is_catching_up() {
        let status = status_of(Some(&row()), None, true);
        assert_eq!((status.state, status.behind), (RelayState::CatchingUp, 4));
    }

    #[test]
    fn gaps_are_told_even_when_all_is_well_now() {
        let gapped = RelayRow { gaps: 3, cursor: RelaySeq(9), ..row() };
        assert!(status_of(Some(&gapped), None, true).trouble.is_some_and(|t| t.starts_with("3 webhooks")));
    }
}
