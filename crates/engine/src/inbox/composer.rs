//! What the composer offers for one person at one moment, and the sentence above it.

use std::time::Duration;

use switchboard_bridge::dto::{Composer, ComposerMode, ConsentVerdict, MayReceive as MayReceiveDto};
use switchboard_domain::consent::{MayReceive, Reason, SendMode, Verdict};
use switchboard_domain::ids::ContactId;
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;
use switchboard_domain::window;
use switchboard_store::tables::consent_gate::{self, GateSettings};
use switchboard_store::{Connection, StoreError};

/// Every category, in the order shown.
const CATEGORIES: [Category; 3] = [Category::Marketing, Category::Utility, Category::Authentication];

/// What the composer needs of a person.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    pub last_inbound_at: Option<UnixMillis>,
    pub has_phone: bool,
}

/// The composer for a person now.
pub(super) fn composer(
    conn: &Connection,
    contact: ContactId,
    person: Person,
    now: UnixMillis,
) -> Result<Composer, StoreError> {
    let settings = GateSettings::default();
    let mut verdicts = Vec::with_capacity(CATEGORIES.len());
    for category in CATEGORIES {
        verdicts.push(consent_gate::verdict(conn, contact, category, now, &settings)?);
    }
    Ok(of(&verdicts, person, now))
}

fn of(verdicts: &[Verdict], person: Person, now: UnixMillis) -> Composer {
    let open = window::is_open(person.last_inbound_at, now);
    let forbidding = verdicts
        .iter()
        .find(|v| matches!(v.reason, Reason::OptedOut | Reason::Blocked | Reason::Erased | Reason::NoAddress));
    let left = person.last_inbound_at.map(|at| window::closes_at(at).since(now)).unwrap_or_default();
    let (mode, sentence) = match (open, forbidding) {
        (true, Some(why)) if matches!(why.reason, Reason::OptedOut | Reason::Erased) => (
            ComposerMode::Open,
            format!("{} You may answer what they write for another {}.", why.sentence(), in_words(left)),
        ),
        (true, None) => (ComposerMode::Open, format!("The window is open for another {}.", in_words(left))),
        (_, Some(why)) => (ComposerMode::Locked, locked(why)),
        (false, None) => {
            let closed = match person.last_inbound_at {
                Some(_) => "The 24-hour window is closed: only a template can be sent.",
                None => "This person has not written yet: only a template can be sent.",
            };
            (ComposerMode::TemplateOnly, closed.to_owned())
        }
    };
    let sentence = if !person.has_phone && mode != ComposerMode::Locked {
        format!("{sentence} No phone number is known; you can ask for it in the chat.")
    } else {
        sentence
    };
    Composer { mode, sentence, templates: verdicts.iter().map(verdict).collect() }
}

fn locked(why: &Verdict) -> String {
    match why.remedy() {
        Some(remedy) => format!("{} {remedy}", why.sentence()),
        None => why.sentence(),
    }
}

/// A verdict as it crosses.
pub(super) fn verdict(verdict: &Verdict) -> ConsentVerdict {
    ConsentVerdict {
        category: verdict.category.as_str().to_owned(),
        may_receive: match verdict.may_receive {
            MayReceive::Yes => MayReceiveDto::Yes,
            MayReceive::No => MayReceiveDto::No,
            MayReceive::OneToOne => MayReceiveDto::OneToOne,
        },
        reason: verdict.reason.as_str().to_owned(),
        sentence: verdict.sentence(),
        remedy: verdict.remedy().map(str::to_owned),
        event_id: verdict.decided_by.map(|d| d.event.to_string()),
    }
}

/// Whether a template of this verdict may be sent to one person.
pub(super) const fn allows(verdict: &Verdict) -> bool {
    verdict.allows(SendMode::OneToOne)
}

/// A stretch of time as people say it, rounded down.
pub(crate) fn in_words(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) => "less than a minute".to_owned(),
        (0, 1) => "1 minute".to_owned(),
        (0, m) => format!("{m} minutes"),
        (1, 0) => "1 hour".to_owned(),
        (h, 0) if h < 48 => format!("{h} hours"),
        (h, m) if h < 10 => format!("{h} h {m} min"),
        (h, _) if h < 48 => format!("{h} hours"),
        (h, _) => format!("{} days", h / 24),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use switchboard_domain::consent::{ConsentState, GateContext, may_receive};

    const HOUR: i64 = 3_600_000;

    fn verdicts(now: UnixMillis) -> Vec<Verdict> {
        let state = ConsentState::default();
        CATEGORIES.iter().map(|c| may_receive(&state, *c, &GateContext::at(now))).collect()
    }

    #[test]
    fn an_open_window_offers_free_text_and_says_how_long() {
        let now = UnixMillis::new(20 * HOUR);
        let person = Person { last_inbound_at: Some(UnixMillis::new(0)), has_phone: true };
        let composer = of(&verdicts(now), person, now);
        assert_eq!(composer.mode, ComposerMode::Open);
        assert!(composer.sentence.contains("4 hours"), "{}", composer.sentence);
    }

    #[test]
    fn a_closed_window_offers_templates_alone() {
        let now = UnixMillis::new(25 * HOUR);
        let person = Person { last_inbound_at: Some(UnixMillis::new(0)), has_phone: false };
        let composer = of(&verdicts(now), person, now);
        assert_eq!(composer.mode, ComposerMode::TemplateOnly);
        assert!(composer.sentence.contains("No phone number"), "{}", composer.sentence);
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        let say = |secs| in_words(Duration::from_secs(secs));
        assert_eq!((say(59).as_str(), say(60).as_str()), ("less than a minute", "1 minute"));
        assert_eq!((say(5_400).as_str(), say(86_400).as_str()), ("1 h 30 min", "24 hours"));
    }
}
