//! May this person get a template of this category now, and why (not)?

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::send::words;
use crate::template::Category;
use crate::time::UnixMillis;

use super::fold::{ConsentState, Decided};

/// How long after a person wrote or ordered a utility template may follow up that matter, one to one.
pub const FOLLOW_UP: Duration = Duration::from_secs(7 * 86_400);
/// How long 131049 and 130472 hold a person from marketing the first time (errors.md §5).
pub const WITHHELD_FOR: Duration = Duration::from_secs(86_400);

/// How long a person gets no marketing after Meta held a message back for the `times`-th time in a row.
pub fn withheld_for(times: u32) -> Duration {
    WITHHELD_FOR.saturating_mul(2u32.saturating_pow(times.saturating_sub(1).min(4)))
}

words! {
    /// What may be sent.
    MayReceive {
        /// By campaign and one to one.
        Yes = "yes",
        /// Not at all.
        No = "no",
        /// One to one only.
        OneToOne = "one_to_one",
    }
}

/// How a message would go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendMode {
    /// As one of many.
    Campaign,
    /// By a person at the console, or by an API, to this one person.
    OneToOne,
}

words! {
    /// The reason of a verdict, stable for machines.
    Reason {
        /// A documented opt-in covers it.
        OptedIn = "opted_in",
        /// The operator's attestation covers it.
        Attested = "attested",
        /// The person wrote or ordered lately: a follow-up is in order.
        WroteRecently = "wrote_recently",
        /// Codes go out when the person asks for one.
        OnRequest = "on_request",
        /// The person opted out of everything.
        OptedOut = "opted_out",
        /// The person stopped marketing by Meta's own means.
        MarketingStopped = "marketing_stopped",
        /// Nothing shows that the person agreed.
        NoEvidence = "no_evidence",
        /// A list says that the person did not agree.
        Declined = "declined",
        /// Marketing to United States numbers is not delivered (pricing.md §6).
        UsMarketing = "us_marketing",
        /// Erased.
        Erased = "erased",
        /// A probable opt-out waits for a decision.
        ToDecide = "to_decide",
        /// Blocked by us.
        Blocked = "blocked",
        /// Meta held back a marketing message to this person lately.
        WithheldRecently = "withheld_recently",
        /// The last message could not be delivered (131026).
        Unreachable = "unreachable",
        /// Codes need a phone number (131062).
        NeedsPhone = "needs_phone",
        /// Neither a phone number nor a user id is known.
        NoAddress = "no_address",
    }
}

/// What Meta's answers said about reaching a person; not consent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reachability {
    /// Held from campaigns until then.
    pub unreachable_until: Option<UnixMillis>,
    /// No marketing until then.
    pub withheld_until: Option<UnixMillis>,
}

/// What the gate must know besides the consent state.
#[derive(Clone, Copy, Debug)]
pub struct GateContext {
    /// Now.
    pub now: UnixMillis,
    /// A phone number is known.
    pub has_phone: bool,
    /// A business-scoped user id is known.
    pub has_bsuid: bool,
    /// A United States number, or a `US.` user id.
    pub is_us: bool,
    /// The operator switched marketing to the United States on.
    pub us_marketing_allowed: bool,
    /// When the person last wrote to us or ordered.
    pub last_inbound_at: Option<UnixMillis>,
    /// How long a follow-up is in order, [`FOLLOW_UP`] unless set.
    pub follow_up: Duration,
    /// What Meta's answers said.
    pub reachability: Reachability,
}

impl GateContext {
    /// For a person with a phone number outside the United States, of whom nothing else is known.
    pub const fn at(now: UnixMillis) -> Self {
        Self {
            now,
            has_phone: true,
            has_bsuid: false,
            is_us: false,
            us_marketing_allowed: false,
            last_inbound_at: None,
            follow_up: FOLLOW_UP,
            reachability: Reachability { unreachable_until: None, withheld_until: None },
        }
    }
}

/// The answer, with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The category asked about.
    pub category: Category,
    /// The answer.
    pub may_receive: MayReceive,
    /// Why.
    pub reason: Reason,
    /// The event that decides, if one does.
    pub decided_by: Option<Decided>,
    /// Until when it holds, if time alone changes it.
    pub until: Option<UnixMillis>,
}

impl Verdict {
    /// Whether a message may go out this way.
    pub const fn allows(&self, mode: SendMode) -> bool {
        match self.may_receive {
            MayReceive::Yes => true,
            MayReceive::No => false,
            MayReceive::OneToOne => matches!(mode, SendMode::OneToOne),
        }
    }

    /// The verdict in one sentence.
    pub fn sentence(&self) -> String {
        let on = |d: Option<Decided>| d.map(|d| format!(" on {}", day(d.at))).unwrap_or_default();
        let until = self.until.map(|t| format!(" until {}", day(t))).unwrap_or_default();
        let what = match self.category {
            Category::Marketing => "marketing",
            Category::Utility => "service notices",
            Category::Authentication => "codes",
        };
        match self.reason {
            Reason::OptedIn => format!("Agreed to {what}{}.", on(self.decided_by)),
            Reason::Attested => format!("Agreed to {what} by your own word (attested), without evidence on record."),
            Reason::WroteRecently => {
                format!("Wrote to you lately: one service notice that follows up is fine{until}, one to one.")
            }
            Reason::OnRequest => "Codes go out one to one, when the person asks for one.".to_owned(),
            Reason::OptedOut => format!("Opted out{}: no template of any kind.", on(self.decided_by)),
            Reason::MarketingStopped => format!("Stopped marketing in WhatsApp{}.", on(self.decided_by)),
            Reason::NoEvidence => format!("Nothing on record shows that this person agreed to {what}."),
            Reason::Declined => format!("A list says that this person did not agree to {what}{}.", on(self.decided_by)),
            Reason::UsMarketing => "A United States number: Meta does not deliver marketing there.".to_owned(),
            Reason::Erased => {
                format!("Their data were erased{}; they must not be messaged again.", on(self.decided_by))
            }
            Reason::ToDecide => {
                format!("Wrote something{} that may be an opt-out; nobody decided yet.", on(self.decided_by))
            }
            Reason::Blocked => format!("You blocked this person{}.", on(self.decided_by)),
            Reason::WithheldRecently => format!("Meta held back a marketing message to this person; no more{until}."),
            Reason::Unreachable => {
                format!("WhatsApp could not deliver the last message; left out of campaigns{until}.")
            }
            Reason::NeedsPhone => "Codes need a phone number, and none is known.".to_owned(),
            Reason::NoAddress => "Neither a phone number nor a WhatsApp user id is known.".to_owned(),
        }
    }

    /// What would change it; none for a yes.
    pub const fn remedy(&self) -> Option<&'static str> {
        match self.reason {
            Reason::OptedIn | Reason::Attested => None,
            Reason::WroteRecently => Some("A campaign needs an opt-in on record."),
            Reason::OnRequest => Some("Send it from the chat when the person asks for it."),
            Reason::OptedOut => {
                Some("Only the person can change this, by writing START, or you with a dated opt-in that you can show.")
            }
            Reason::MarketingStopped => {
                Some("Only the person can change this, in WhatsApp's own settings for your business.")
            }
            Reason::NoEvidence => Some("Import a list that says when and where they agreed, or ask them in the chat."),
            Reason::Declined => Some("A newer, dated opt-in changes it."),
            Reason::UsMarketing => Some("Send them service notices, or write when they write to you."),
            Reason::Erased => Some("Only the person can change this, by opting in anew in the chat."),
            Reason::ToDecide => Some("Open the person and decide: opt-out, or not an opt-out."),
            Reason::Blocked => Some("Unblock the person first."),
            Reason::WithheldRecently => Some("Time alone changes it; repeating makes it worse."),
            Reason::Unreachable => Some("A message from the person, or time, changes it."),
            Reason::NeedsPhone | Reason::NoAddress => Some("Ask for the number in the chat, or add it by hand."),
        }
    }
}

/// A day as a sentence shows it, in UTC.
fn day(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.as_ms())
        .map(|t| t.strftime("%-d %B %Y").to_string())
        .unwrap_or_else(|_| "an unknown day".to_owned())
}

/// The one gate: what the rules say for a person, a category and a moment.
pub fn may_receive(state: &ConsentState, category: Category, context: &GateContext) -> Verdict {
    let verdict = |may_receive, reason, decided_by| Verdict { category, may_receive, reason, decided_by, until: None };
    let no = |reason, decided_by| verdict(MayReceive::No, reason, decided_by);

    if let Some(d) = state.erased {
        return no(Reason::Erased, Some(d));
    }
    if let Some(d) = state.blocked {
        return no(Reason::Blocked, Some(d));
    }
    if let Some(d) = state.opted_out {
        return no(Reason::OptedOut, Some(d));
    }
    if !context.has_phone && !context.has_bsuid {
        return no(Reason::NoAddress, None);
    }
    if category == Category::Authentication {
        return if context.has_phone {
            verdict(MayReceive::OneToOne, Reason::OnRequest, None)
        } else {
            no(Reason::NeedsPhone, None)
        };
    }
    if category == Category::Marketing {
        if let Some(d) = state.marketing_stopped {
            return no(Reason::MarketingStopped, Some(d));
        }
        if let Some(d) = state.probable_opt_out {
            return no(Reason::ToDecide, Some(d));
        }
    }
    let Some(opt_in) = state.opt_in(category) else {
        return without_opt_in(state, category, context);
    };
    if category == Category::Marketing {
        if context.is_us && !context.us_marketing_allowed {
            return no(Reason::UsMarketing, None);
        }
        if let Some(until) = context.reachability.withheld_until.filter(|t| *t > context.now) {
            return Verdict { until: Some(until), ..no(Reason::WithheldRecently, None) };
        }
    }
    if let Some(until) = context.reachability.unreachable_until.filter(|t| *t > context.now) {
        return Verdict { until: Some(until), ..verdict(MayReceive::OneToOne, Reason::Unreachable, None) };
    }
    let reason = if opt_in.attested { Reason::Attested } else { Reason::OptedIn };
    verdict(MayReceive::Yes, reason, Some(opt_in.by))
}

/// Nobody agreed: a utility template may follow up what the person lately wrote or ordered, nothing else.
fn without_opt_in(state: &ConsentState, category: Category, context: &GateContext) -> Verdict {
    let mut verdict =
        Verdict { category, may_receive: MayReceive::No, reason: Reason::NoEvidence, decided_by: None, until: None };
    if category == Category::Utility {
        let until = context.last_inbound_at.map(|t| t.plus(context.follow_up)).filter(|t| *t > context.now);
        if until.is_some() {
            return Verdict { may_receive: MayReceive::OneToOne, reason: Reason::WroteRecently, until, ..verdict };
        }
    } else if let Some(d) = state.declined {
        verdict.reason = Reason::Declined;
        verdict.decided_by = Some(d);
    }
    verdict
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
