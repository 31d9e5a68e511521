//! What becomes of one message: a pure function of (seed, recipient, n-th message to them) and
//! of what the message is. Never of the time it arrives or of what others got.

use serde::{Deserialize, Serialize};

use super::draw::Draw;
use super::texts;
use crate::config::Mood;
use crate::phone;

/// One thing that happens, `after_ms` after the message was accepted (before the speed factor).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    #[serde(rename = "a")]
    pub(crate) after_ms: i64,
    #[serde(rename = "k")]
    pub(crate) kind: StepKind,
}

/// The kinds of things that happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepKind {
    /// One tick.
    Sent,
    /// Two ticks.
    Delivered,
    /// Blue ticks.
    Read,
    /// A voice message was played.
    Played,
    /// The end, with a code of errors.md.
    Failed(i64),
    /// The customer writes.
    Text(String),
    /// The customer taps the n-th quick reply.
    Tap(usize),
    /// The customer sends a photo.
    Photo(String),
    /// The customer puts an emoji on the message.
    React(String),
    /// The customer uses WhatsApp's own "stop marketing".
    StopMarketing,
    /// The customer blocks the business.
    Block,
    /// The customer reports or mutes the business: no webhook, lower quality.
    Complain,
}

/// What is known about a message when its fate is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message<'a> {
    pub(crate) wa_id: &'a str,
    pub(crate) nth: u32,
    /// `marketing`, `utility`, `authentication` or `service`.
    pub(crate) category: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) quick_replies: usize,
    /// Which quick reply opts out, if any.
    pub(crate) opt_out_button: Option<usize>,
    pub(crate) stopped_marketing: bool,
    pub(crate) blocks_us: bool,
    pub(crate) said_stop: bool,
}

struct Odds {
    unreachable: f64,
    capped: f64,
    experiment: f64,
    silent: f64,
    late: f64,
    read: f64,
    reply: f64,
    stop_of_replies: f64,
    native_stop: f64,
    complain: f64,
    unknown_error: f64,
}

const CALM: Odds = Odds {
    unreachable: 0.0,
    capped: 0.0,
    experiment: 0.0,
    silent: 0.0,
    late: 0.0,
    read: 0.76,
    reply: 0.11,
    stop_of_replies: 0.0,
    native_stop: 0.0,
    complain: 0.0,
    unknown_error: 0.0,
};
const MILD: Odds = Odds {
    unreachable: 0.012,
    capped: 0.01,
    experiment: 0.002,
    silent: 0.01,
    late: 0.05,
    read: 0.76,
    reply: 0.11,
    stop_of_replies: 0.05,
    native_stop: 0.004,
    complain: 0.003,
    unknown_error: 0.0,
};
const ROUGH: Odds = Odds {
    unreachable: 0.06,
    capped: 0.08,
    experiment: 0.01,
    silent: 0.05,
    late: 0.2,
    read: 0.55,
    reply: 0.12,
    stop_of_replies: 0.2,
    native_stop: 0.03,
    complain: 0.05,
    unknown_error: 0.02,
};

/// Everything that will happen to the message, in order of time.
pub(crate) fn plan(seed: u64, mood: Mood, message: &Message<'_>) -> Vec<Step> {
    let odds = match mood {
        Mood::Calm => &CALM,
        Mood::Mild => &MILD,
        Mood::Rough => &ROUGH,
    };
    let mut draw = Draw::new(seed, "fate", message.wa_id, u64::from(message.nth));
    let mut steps = Vec::with_capacity(4);
    let verdict = draw.unit();
    let sent = draw.delay(250, 0.6, 5_000);
    let marketing = message.category.starts_with("marketing");
    if !phone::can_exist(message.wa_id) {
        return vec![step(sent, StepKind::Failed(131_026))];
    }
    if marketing && phone::country(message.wa_id) == "US" {
        return vec![step(sent, StepKind::Failed(131_049))];
    }
    if marketing && message.stopped_marketing {
        return vec![step(sent, StepKind::Failed(131_050))];
    }
    if let Some(code) = failure(odds, verdict, marketing) {
        if code == 131_026 && draw.chance(0.3) {
            steps.push(step(sent, StepKind::Sent));
        }
        steps.push(step(sent.saturating_add(draw.delay(700, 0.8, 60_000)), StepKind::Failed(code)));
        return steps;
    }
    steps.push(step(sent, StepKind::Sent));
    if message.blocks_us || draw.chance(odds.silent) {
        return steps;
    }
    people(odds, &mut draw, message, sent, &mut steps);
    steps.sort_by_key(|s| s.after_ms);
    steps
}

fn failure(odds: &Odds, verdict: f64, marketing: bool) -> Option<i64> {
    let mut edge = odds.unreachable;
    if verdict < edge {
        return Some(131_026);
    }
    edge += odds.unknown_error;
    if verdict < edge {
        return Some(131_000);
    }
    if marketing {
        edge += odds.capped;
        if verdict < edge {
            return Some(131_049);
        }
        edge += odds.experiment;
        if verdict < edge {
            return Some(130_472);
        }
    }
    None
}

/// Delivery, reading and reactions of somebody whose phone gets the message.
fn people(odds: &Odds, draw: &mut Draw, message: &Message<'_>, sent: i64, steps: &mut Vec<Step>) {
    let median = if draw.chance(odds.late) { 180_000 } else { 1_200 };
    let delivered = sent.saturating_add(draw.delay(median, 0.9, 3_600_000));
    let reader = draw.chance(odds.read);
    // A chat that is open on the phone reports `read` alone (webhooks.md §5.2).
    let chat_open = reader && draw.chance(0.03);
    if !chat_open {
        steps.push(step(delivered, StepKind::Delivered));
    }
    if !reader {
        return;
    }
    let (median, cap) = match draw.between(0, 9) {
        0..=3 => (9_000, 60_000),
        4..=7 => (95_000, 1_200_000),
        _ => (1_500_000, 10_800_000),
    };
    let read = delivered.saturating_add(draw.delay(median, 0.7, cap));
    steps.push(step(read, StepKind::Read));
    if message.kind == "audio" && draw.chance(0.7) {
        steps.push(step(read.saturating_add(2_500), StepKind::Played));
    }
    if message.category.starts_with("marketing") {
        if draw.chance(odds.native_stop) {
            steps.push(step(read.saturating_add(draw.delay(8_000, 0.5, 60_000)), StepKind::StopMarketing));
            return;
        }
        if draw.chance(odds.complain) {
            steps.push(step(read.saturating_add(4_000), StepKind::Complain));
            if draw.chance(0.4) {
                steps.push(step(read.saturating_add(5_000), StepKind::Block));
            }
            return;
        }
    }
    react(odds, draw, message, read, steps);
}

fn react(odds: &Odds, draw: &mut Draw, message: &Message<'_>, read: i64, steps: &mut Vec<Step>) {
    let chance = match message.category {
        "authentication" => 0.0,
        "service" => (odds.reply * 3.5).min(0.5),
        _ => odds.reply,
    };
    if !draw.chance(chance) {
        if draw.chance(0.02) {
            let emoji = draw.pick(&["👍", "❤️", "😂", "🙏"]).unwrap_or("👍");
            steps.push(step(read.saturating_add(draw.delay(6_000, 0.6, 60_000)), StepKind::React(emoji.to_owned())));
        }
        return;
    }
    let after = read.saturating_add(draw.delay(22_000, 0.9, 900_000));
    let annoyed = if message.said_stop { 0.8 } else { odds.stop_of_replies };
    let kind = if message.category != "service" && draw.chance(annoyed) {
        match message.opt_out_button {
            Some(button) if draw.chance(0.6) => StepKind::Tap(button),
            _ => words(draw, texts::STOPS),
        }
    } else if message.quick_replies > 0 && draw.chance(0.5) {
        let choice =
            usize::try_from(draw.between(0, i64::try_from(message.quick_replies).unwrap_or(1).saturating_sub(1)))
                .unwrap_or(0);
        if message.opt_out_button == Some(choice) { words(draw, texts::THANKS) } else { StepKind::Tap(choice) }
    } else if draw.chance(0.07) {
        StepKind::Photo(draw.pick(texts::CAPTIONS).unwrap_or_default().to_owned())
    } else if message.category == "service" {
        words(draw, texts::FOLLOW_UPS)
    } else {
        match draw.between(0, 19) {
            0..=6 => words(draw, texts::THANKS),
            7..=12 => words(draw, texts::QUESTIONS),
            13..=18 => words(draw, texts::REMARKS),
            _ => words(draw, texts::COMPLAINTS),
        }
    };
    steps.push(step(after, kind));
}

fn words(draw: &mut Draw, choices: &[&str]) -> StepKind {
    StepKind::Text(draw.pick(choices).unwrap_or("ok").to_owned())
}

fn step(after_ms: i64, kind: StepKind) -> Step {
    Step { after_ms, kind }
}

/// Trouble at the door in [`Mood::Rough`], by the number of requests that named the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DoorTrouble {
    /// 130429, nothing was accepted.
    Throttled,
    /// HTTP 500 or 503, nothing was accepted.
    ErrorBefore(i64),
    /// HTTP 500 although the message was accepted.
    ErrorAfter,
    /// A slow answer.
    Slow(i64),
}

/// What goes wrong with this request, if anything.
pub(crate) fn door(seed: u64, wa_id: &str, tries: u32) -> Option<DoorTrouble> {
    let mut draw = Draw::new(seed, "door", wa_id, u64::from(tries));
    let verdict = draw.unit();
    match verdict {
        v if v < 0.03 => Some(DoorTrouble::Throttled),
        v if v < 0.04 => Some(DoorTrouble::ErrorBefore(131_000)),
        v if v < 0.045 => Some(DoorTrouble::ErrorBefore(2)),
        v if v < 0.05 => Some(DoorTrouble::ErrorAfter),
        v if v < 0.12 => Some(DoorTrouble::Slow(draw.between(200, 3_000))),
        _ => None,
    }
}

/// One word for the practice ledger: where the plan ends.
pub(crate) fn summary(steps: &[Step]) -> String {
    let mut words: Vec<String> = Vec::new();
    for step in steps {
        words.push(match &step.kind {
            StepKind::Sent => String::from("sent"),
            StepKind::Delivered => String::from("delivered"),
            StepKind::Read => String::from("read"),
            StepKind::Played => String::from("played"),
            StepKind::Failed(code) => format!("failed:{code}"),
            StepKind::Text(text) if is_stop(text) => String::from("stop"),
            StepKind::Text(_) => String::from("reply"),
            StepKind::Tap(_) => String::from("tap"),
            StepKind::Photo(_) => String::from("photo"),
            StepKind::React(_) => String::from("reaction"),
            StepKind::StopMarketing => String::from("stop_marketing"),
            StepKind::Block => String::from("block"),
            StepKind::Complain => String::from("complain"),
        });
    }
    words.join(",")
}

/// Whether a text of the crowd is meant as an opt-out; the ledger counts those as stopped.
pub(crate) fn is_stop(text: &str) -> bool {
    let word = text.trim().to_lowercase();
    let word = word.trim_end_matches(['.', '!']).trim_end_matches(" please").trim();
    matches!(
        word,
        "stop"
            | "unsubscribe"
            | "arret"
            | "arrêt"
            | "stop promotions"
            | "stop all"
            | "baja"
            | "cancel"
            | "end"
            | "quit"
            | "désabonner"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(wa_id: &str, nth: u32) -> Message<'_> {
        Message {
            wa_id,
            nth,
            category: "marketing",
            kind: "template",
            quick_replies: 2,
            opt_out_button: Some(1),
            stopped_marketing: false,
            blocks_us: false,
            said_stop: false,
        }
    }

    proptest! {
        #[test]
        fn a_fate_depends_on_its_key_alone(seed: u64, number in 0_u64..100, nth in 0_u32..50, others in proptest::collection::vec((0_u64..100, 0_u32..50), 0..20)) {
            let wa_id = format!("14165550{number:03}");
            let first = plan(seed, Mood::Rough, &message(&wa_id, nth));
            for (other, n) in others {
                plan(seed, Mood::Rough, &message(&format!("14165550{other:03}"), n));
            }
            prop_assert_eq!(&first, &plan(seed, Mood::Rough, &message(&wa_id, nth)));
            prop_assert!(first.windows(2).all(|pair| matches!(pair, [a, b] if a.after_ms <= b.after_ms)));
        }
    }

    #[test]
    fn a_mild_crowd_is_mostly_delivered_and_read() {
        let plans: Vec<Vec<Step>> =
            (0..4000_u32).map(|n| plan(1, Mood::Mild, &message(&format!("1416555{n:04}"), 0))).collect();
        let share = |wanted: fn(&StepKind) -> bool| {
            plans.iter().filter(|p| p.iter().any(|s| wanted(&s.kind))).count() * 100 / plans.len()
        };
        assert!((92..=99).contains(&share(|k| matches!(k, StepKind::Delivered | StepKind::Read))));
        assert!((60..=85).contains(&share(|k| matches!(k, StepKind::Read))));
        assert!((1..=5).contains(&share(|k| matches!(k, StepKind::Failed(_)))));
        assert!((4..=15).contains(&share(|k| matches!(k, StepKind::Text(_) | StepKind::Tap(_) | StepKind::Photo(_)))));
    }

    #[test]
    fn a_calm_crowd_gets_everything_and_minds_nothing() {
        for n in 0..2000_u32 {
            let plan = plan(1, Mood::Calm, &message(&format!("1416555{n:04}"), 0));
            let reached = plan.iter().any(|s| matches!(s.kind, StepKind::Delivered | StepKind::Read));
            let minds = plan.iter().any(|s| match &s.kind {
                StepKind::Failed(_) | StepKind::StopMarketing | StepKind::Block | StepKind::Complain => true,
                StepKind::Text(text) => is_stop(text),
                StepKind::Tap(button) => *button == 1,
                _ => false,
            });
            assert!(reached && !minds, "{}", summary(&plan));
        }
    }

    #[test]
    fn marketing_to_the_united_states_is_withheld_and_after_a_native_stop_refused() {
        let us = plan(1, Mood::Mild, &message("16505550123", 0));
        assert!(matches!(us.as_slice(), [Step { kind: StepKind::Failed(131_049), .. }]));
        let stopped = Message { stopped_marketing: true, ..message("14165550123", 3) };
        assert!(matches!(plan(1, Mood::Mild, &stopped).as_slice(), [Step { kind: StepKind::Failed(131_050), .. }]));
    }
}
