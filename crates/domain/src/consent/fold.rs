//! From a person's events to their present state.
//!
//! The state depends on the *set* of events, never on the order in which they were recorded: webhooks are retried
//! for days and a file may be imported long after the chat it speaks of. Where the order of two events cannot be
//! known, the stricter reading holds.

use serde::{Deserialize, Serialize};

use crate::ids::ConsentEventId;
use crate::send::words;
use crate::template::Category;
use crate::time::UnixMillis;

use super::event::{ConsentEvent, EventKind, Precision, Via};

/// The event that decides something, and when it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decided {
    /// The event.
    pub event: ConsentEventId,
    /// When it happened.
    pub at: UnixMillis,
}

impl Decided {
    const fn by(e: &ConsentEvent) -> Self {
        Self { event: e.id, at: e.at }
    }
}

/// An opt-in that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OptIn {
    /// The event, and when it happened.
    pub by: Decided,
    /// Whether it is the operator's word instead of evidence.
    pub attested: bool,
}

/// What a person's events add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsentState {
    /// Opt-in for marketing.
    pub marketing: Option<OptIn>,
    /// Opt-in for utility.
    pub utility: Option<OptIn>,
    /// A list said no to marketing and nothing later or stronger says yes.
    pub declined: Option<Decided>,
    /// Opted out of everything.
    pub opted_out: Option<Decided>,
    /// Stopped marketing by Meta's own means.
    pub marketing_stopped: Option<Decided>,
    /// The oldest probable opt-out that nobody decided yet.
    pub probable_opt_out: Option<Decided>,
    /// Blocked by us.
    pub blocked: Option<Decided>,
    /// Erased.
    pub erased: Option<Decided>,
    /// When the newest event happened.
    pub last_event_at: Option<UnixMillis>,
}

words! {
    /// The state in one word, for lists and filters.
    Summary {
        /// Documented opt-in.
        OptedIn = "opted_in",
        /// Opt-in by the operator's word.
        Attested = "attested",
        /// Opted out, blocked or erased.
        OptedOut = "opted_out",
        /// Marketing stopped by Meta's own means.
        MarketingStopped = "marketing_stopped",
        /// A probable opt-out waits for a decision.
        ToDecide = "to_decide",
        /// Nothing that allows.
        NoEvidence = "no_evidence",
    }
}

impl ConsentState {
    /// The opt-in that covers a category.
    pub const fn opt_in(&self, category: Category) -> Option<OptIn> {
        match category {
            Category::Marketing => self.marketing,
            Category::Utility => self.utility,
            Category::Authentication => None,
        }
    }

    /// The state in one word.
    pub fn summary(&self) -> Summary {
        if self.opted_out.is_some() || self.erased.is_some() || self.blocked.is_some() {
            Summary::OptedOut
        } else if self.marketing_stopped.is_some() {
            Summary::MarketingStopped
        } else if self.probable_opt_out.is_some() {
            Summary::ToDecide
        } else {
            match self.marketing.or(self.utility) {
                Some(o) if o.attested => Summary::Attested,
                Some(_) => Summary::OptedIn,
                None => Summary::NoEvidence,
            }
        }
    }

    /// When the consent that decides was given or withdrawn.
    pub fn decided_at(&self) -> Option<UnixMillis> {
        self.opted_out
            .or(self.erased)
            .or(self.blocked)
            .or(self.marketing_stopped)
            .or(self.probable_opt_out)
            .or(self.marketing.or(self.utility).map(|o| o.by))
            .or(self.declined)
            .map(|d| d.at)
    }
}

/// Adds up a person's events, given in any order.
pub fn fold(events: &[ConsentEvent]) -> ConsentState {
    if events.iter().any(|e| e.kind == EventKind::Undone) {
        // Only what a file brought can be taken back, and only by the operator.
        let undone = |e: &ConsentEvent| {
            e.via == Via::Import
                && events.iter().any(|u| {
                    u.kind == EventKind::Undone && matches!(u.via, Via::Operator | Via::Cli) && u.decides == Some(e.id)
                })
        };
        let standing: Vec<ConsentEvent> =
            events.iter().filter(|e| e.kind != EventKind::Undone && !undone(e)).cloned().collect();
        return fold(&standing);
    }
    let last_no = |kind: EventKind| latest_by(events, |e| (e.kind == kind).then(|| e.no_at_ms()));
    let opt_out = last_no(EventKind::OptOut);
    let erased = last_no(EventKind::Erased);
    let lifted_after = |no: &ConsentEvent, lifts: fn(&ConsentEvent) -> bool| {
        events.iter().any(|e| lifts(e) && e.yes_at_ms() > no.no_at_ms())
    };

    let opted_out = opt_out.filter(|no| !lifted_after(no, ConsentEvent::lifts_opt_out)).map(Decided::by);
    let erased_now = erased.filter(|no| !lifted_after(no, ConsentEvent::lifts_erasure)).map(Decided::by);
    // What was agreed before an opt-out is gone with it, even if the opt-out was lifted later.
    let cut_ms = opt_out.into_iter().chain(erased).map(ConsentEvent::no_at_ms).max();

    let declined = latest_by(events, |e| {
        (e.kind == EventKind::Declined && e.purposes.covers(Category::Marketing)).then(|| e.no_at_ms())
    });
    let marketing = opt_in_for(events, Category::Marketing, cut_ms);

    ConsentState {
        marketing,
        utility: opt_in_for(events, Category::Utility, cut_ms),
        declined: declined.filter(|_| marketing.is_none()).map(Decided::by),
        opted_out,
        marketing_stopped: standing(events, EventKind::MarketingStop, EventKind::MarketingResume),
        probable_opt_out: undecided(events),
        blocked: standing(events, EventKind::Blocked, EventKind::Unblocked),
        erased: erased_now,
        last_event_at: events.iter().map(|e| e.at).max(),
    }
}

/// The newest event by the time that `when` gives it; the id settles a tie so that the result has no order.
fn latest_by<K: Ord>(events: &[ConsentEvent], when: impl Fn(&ConsentEvent) -> Option<K>) -> Option<&ConsentEvent> {
    events.iter().filter_map(|e| when(e).map(|k| ((k, e.id), e))).max_by(|a, b| a.0.cmp(&b.0)).map(|(_, e)| e)
}

/// The opt-in that stands for a category: documented before attested, dated before undated, then the newest.
fn opt_in_for(events: &[ConsentEvent], category: Category, cut_ms: Option<i64>) -> Option<OptIn> {
    let declined_ms = events
        .iter()
        .filter(|e| e.kind == EventKind::Declined && e.purposes.covers(category))
        .map(ConsentEvent::no_at_ms)
        .max();
    latest_by(events, |e| {
        let documented = match e.kind {
            EventKind::OptIn => true,
            EventKind::Attested => false,
            _ => return None,
        };
        if !e.purposes.covers(category) {
            return None;
        }
        // An undated yes never beats a no, whatever the no came by.
        let surely_after = |no_ms: i64| e.is_dated() && e.yes_at_ms() > no_ms;
        if cut_ms.is_some_and(|no| !surely_after(no)) {
            return None;
        }
        // A "no" in a list outweighs older or undated lists, but neither the chat nor the operator.
        if declined_ms.is_some_and(|no| e.via.is_list() && !surely_after(no)) {
            return None;
        }
        Some((documented, e.is_dated(), e.yes_at_ms()))
    })
    .map(|e| OptIn { by: Decided::by(e), attested: e.kind == EventKind::Attested })
}

/// A prohibition that its own counterpart alone lifts; at the same moment the prohibition holds.
fn standing(events: &[ConsentEvent], no: EventKind, yes: EventKind) -> Option<Decided> {
    let last_no = latest_by(events, |e| (e.kind == no).then(|| e.no_at_ms()))?;
    let lifted =
        events.iter().any(|e| e.kind == yes && e.precision == Precision::Exact && e.at.as_ms() > last_no.no_at_ms());
    (!lifted).then(|| Decided::by(last_no))
}

/// The oldest probable opt-out that no later entry decides.
fn undecided(events: &[ConsentEvent]) -> Option<Decided> {
    events
        .iter()
        .filter(|e| e.kind == EventKind::ProbableOptOut)
        .filter(|e| !events.iter().any(|d| d.decides == Some(e.id)))
        .min_by_key(|e| (e.at, e.id))
        .map(Decided::by)
}

/// Merging two people into one must take the stricter of both. Where their events in one row would lift what stood
/// for one of them, these are the prohibitions to write again for the merged person, with the events that they repeat.
pub fn carried_over_by_merge(
    a: &ConsentState,
    b: &ConsentState,
    together: &ConsentState,
) -> Vec<(EventKind, ConsentEventId)> {
    let pairs = [
        (EventKind::OptOut, a.opted_out.or(b.opted_out), together.opted_out),
        (EventKind::MarketingStop, a.marketing_stopped.or(b.marketing_stopped), together.marketing_stopped),
        (EventKind::Blocked, a.blocked.or(b.blocked), together.blocked),
        (EventKind::Erased, a.erased.or(b.erased), together.erased),
    ];
    pairs.into_iter().filter(|(_, _, now)| now.is_none()).filter_map(|(k, was, _)| was.map(|d| (k, d.event))).collect()
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;
