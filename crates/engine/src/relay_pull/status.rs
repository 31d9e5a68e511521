//! The relay in words: from the stored row and what the running link knows.

use switchboard_bridge::dto::{RelaySender, RelayState, RelayStatus};
use switchboard_domain::time::UnixMillis;
use switchboard_relay_api::{CloseCode, CloseReason, LinkPhase, RelayState as LinkState};
use switchboard_store::tables::relay::{KeptLink, RelayRow};

/// Which process holds the link to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    /// This one.
    Here,
    /// Another one of this profile, which writes down how the link stands.
    Elsewhere,
    /// None: nothing is pulled.
    Nobody,
}

/// How the relay stands, from the stored row and what the running link knows.
pub fn status_of(row: Option<&RelayRow>, link: Option<&LinkState>, listener: Listener) -> RelayStatus {
    let Some(row) = row else { return not_configured() };
    let head = link.and_then(|l| l.head).map_or(row.head.0, |h| h.get()).max(row.cursor.0);
    let cursor = link.map_or(row.cursor.0, |l| l.acked.get()).max(row.cursor.0);
    let behind = head.saturating_sub(cursor);
    let known = match (link, listener) {
        (Some(link), _) => Some(kept(link, row.device.as_str())),
        // What another process wrote last; once that is gone, only what does not pass by itself still holds.
        (None, Listener::Elsewhere) => row.link.clone(),
        (None, Listener::Nobody) => row.link.clone().filter(|l| matches!(l.word.as_str(), "refused" | "waiting")),
        (None, Listener::Here) => None,
    };
    let refusing = link.is_some_and(|l| l.is_connected() && l.refusing)
        || (listener == Listener::Elsewhere
            && known.as_ref().is_some_and(|l| l.word == "connected" && l.reason.is_some()));
    let mut trouble = known.as_ref().and_then(|l| l.reason.as_deref()).map(sentence);
    if trouble.is_none() && listener == Listener::Nobody {
        trouble = Some(
            "No Switchboard runs for this profile, so nothing is read from the relay. Open the window, or use `switchboard-cli run`."
                .to_owned(),
        );
    }
    let state = match known.as_ref().map(|l| l.word.as_str()) {
        Some("connected") if behind == 0 => RelayState::Connected,
        Some("waiting") => RelayState::Waiting,
        Some("unreachable") => RelayState::Unreachable,
        Some("refused") => RelayState::Refused,
        _ => RelayState::CatchingUp,
    };
    let since_ms = known.as_ref().and_then(|l| l.since).map(UnixMillis::as_ms);
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
            .or(row.last_heard_at.map(UnixMillis::as_ms)),
        since_ms,
        url: Some(row.url.clone()),
        desk: Some(row.desk.as_str().to_owned()),
        cursor,
        head,
        bad_signatures,
        trouble,
        refusing,
        silence: None,
        sender: sender_of(known.as_ref()),
        taking_over: row.take_over_asked_at.is_some(),
        words: None,
    }
}

fn not_configured() -> RelayStatus {
    RelayStatus {
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
        refusing: false,
        silence: None,
        sender: RelaySender::Nobody,
        taking_over: false,
        words: None,
    }
}

/// The relay is heard, but Meta is not: it answers 503 until there is room.
const REFUSING: &str = "the relay has no room for further webhooks and answers Meta 503; Meta tries again for 7 days. Free disk space there, or raise limits.max_log_bytes";

/// What the profile's other processes are to know of the link.
pub(super) fn kept(link: &LinkState, device: &str) -> KeptLink {
    let (word, since, reason) = match &link.phase {
        LinkPhase::Connecting | LinkPhase::Stopped => ("connecting", None, None),
        LinkPhase::Connected => ("connected", None, link.refusing.then(|| REFUSING.to_owned())),
        LinkPhase::Unreachable { since_ms, reason: reason @ CloseReason::Refused(CloseCode::Pending) } => {
            ("waiting", Some(*since_ms), Some(reason.to_string()))
        }
        LinkPhase::Unreachable { since_ms, reason } => ("unreachable", Some(*since_ms), Some(reason.to_string())),
        LinkPhase::Refused { since_ms, reason } => ("refused", Some(*since_ms), Some(reason.to_string())),
    };
    let sender = match &link.lease {
        None => "nobody",
        Some(lease) if !lease.granted => "changing_hands",
        Some(lease) if lease.is_for(device) => "here",
        Some(_) => "elsewhere",
    };
    KeptLink { word: word.to_owned(), reason, since: since.map(UnixMillis::new), sender: sender.to_owned() }
}

/// What is to be known of a console that was just introduced and waits to be let in.
pub(super) fn waiting(since: UnixMillis) -> KeptLink {
    let reason = CloseReason::Refused(CloseCode::Pending).to_string();
    KeptLink { word: "waiting".to_owned(), reason: Some(reason), since: Some(since), sender: "nobody".to_owned() }
}

/// Who sends the desk's campaigns, as last heard.
fn sender_of(known: Option<&KeptLink>) -> RelaySender {
    match known.map(|l| l.sender.as_str()) {
        Some("changing_hands") => RelaySender::ChangingHands,
        Some("here") => RelaySender::Here,
        Some("elsewhere") => RelaySender::Elsewhere,
        _ => RelaySender::Nobody,
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
            link: None,
            take_over_asked_at: None,
            last_webhook_at: None,
            silence: None,
        }
    }

    #[test]
    fn no_relay_says_what_is_missing() {
        let status = status_of(None, None, Listener::Here);
        assert_eq!(status.state, RelayState::NotConfigured);
        assert!(status.trouble.is_some());
    }

    #[test]
    fn a_console_behind_the_head_is_catching_up() {
        let status = status_of(Some(&row()), None, Listener::Here);
        assert_eq!((status.state, status.behind), (RelayState::CatchingUp, 4));
    }

    #[test]
    fn gaps_are_told_even_when_all_is_well_now() {
        let gapped = RelayRow { gaps: 3, cursor: RelaySeq(9), ..row() };
        assert!(status_of(Some(&gapped), None, Listener::Here).trouble.is_some_and(|t| t.starts_with("3 webhooks")));
    }

    #[test]
    fn another_process_tells_what_the_one_with_the_link_wrote_down() {
        let link = |word: &str| KeptLink {
            word: word.to_owned(),
            reason: (word != "connected").then(|| "this console was removed".to_owned()),
            since: Some(UnixMillis::new(7)),
            sender: "elsewhere".to_owned(),
        };
        let of = |word, listener| {
            let row = RelayRow { link: Some(link(word)), cursor: RelaySeq(9), ..row() };
            status_of(Some(&row), None, listener)
        };
        let well = of("connected", Listener::Elsewhere);
        assert_eq!((well.state, well.sender, well.trouble), (RelayState::Connected, RelaySender::Elsewhere, None));
        let removed = of("refused", Listener::Elsewhere);
        assert_eq!((removed.state, removed.since_ms), (RelayState::Refused, Some(7)));
        assert_eq!(removed.trouble.as_deref(), Some("This console was removed."));
        // Nobody listens: what was well then says nothing about now; a removal still holds.
        let ended = of("connected", Listener::Nobody);
        assert_eq!(ended.state, RelayState::CatchingUp);
        assert!(ended.trouble.is_some_and(|t| t.contains("switchboard-cli run")));
        assert_eq!(of("refused", Listener::Nobody).state, RelayState::Refused);
        assert_eq!(of("waiting", Listener::Nobody).state, RelayState::Waiting, "until somebody lets it in");
    }
}
