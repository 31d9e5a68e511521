//! Does this message ask us to stop, or to start again?
//!
//! WhatsApp does not process keywords, and its policy obliges a business to honour an opt-out whichever way it
//! comes (webhooks.md §8). Only the unmistakable is applied: a whole message that is one of the phrases of the
//! table, whatever its case, accents, punctuation and politeness. What merely smells of it is put before an
//! operator, and marketing waits until then. "Stop by the shop" is neither.

mod table;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text_fold::{fold, fold_keeping_accents};
use table::{INSIDE, NOT_TYPOS, PHRASES, POLITE, POLITE_GLUED, TYPO_TARGETS};

/// How a phrase of the table is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Always an opt-out.
    Stop,
    /// An opt-out in answer to marketing; otherwise it may cancel an order or end a talk.
    StopAfterMarketing,
    /// Perhaps an opt-out.
    Perhaps,
    /// Opts in again.
    Start,
}

/// What a message says about receiving messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatSignal {
    /// An unmistakable opt-out.
    OptOut,
    /// Perhaps an opt-out; an operator decides.
    ProbableOptOut,
    /// An unmistakable wish to receive messages (again).
    OptIn,
    /// Neither.
    Nothing,
}

/// Longer texts are letters, not keywords; they are only searched for the phrases that stand inside.
const KEYWORD_BYTES: usize = 200;

/// Reads a text message. `after_marketing`: our last message to this person was a marketing template.
pub fn read(text: &str, after_marketing: bool) -> ChatSignal {
    let folded = fold(text);
    if folded.is_empty() {
        return ChatSignal::Nothing;
    }
    if text.len() <= KEYWORD_BYTES {
        let candidates = [without_politeness(&folded), folded.clone()];
        let accented = without_politeness(&fold_keeping_accents(text));
        for core in &candidates {
            let meaning = meaning_of(&unrepeated(core), &accented).or_else(|| meaning_of(&joined(core)?, &accented));
            match meaning {
                Some(Meaning::Stop) => return ChatSignal::OptOut,
                Some(Meaning::StopAfterMarketing) if after_marketing => return ChatSignal::OptOut,
                Some(Meaning::StopAfterMarketing | Meaning::Perhaps) => return ChatSignal::ProbableOptOut,
                Some(Meaning::Start) => return ChatSignal::OptIn,
                None => {}
            }
        }
        if candidates.first().is_some_and(|c| is_typo_of_stop(c)) {
            return ChatSignal::ProbableOptOut;
        }
    }
    if FOLDED.inside.iter().any(|phrase| contains_words(&folded, phrase)) {
        return ChatSignal::ProbableOptOut;
    }
    ChatSignal::Nothing
}

/// The table with every phrase folded once.
struct Folded {
    phrases: HashMap<String, Meaning>,
    accented: HashMap<String, Meaning>,
    polite: Vec<String>,
    glued: Vec<String>,
    inside: Vec<String>,
}

static FOLDED: LazyLock<Folded> = LazyLock::new(|| {
    let mut phrases = HashMap::new();
    let mut accented = HashMap::new();
    for (_, meaning, list) in PHRASES {
        for p in *list {
            match p.strip_prefix('=') {
                Some(exact) => accented.insert(fold_keeping_accents(exact), *meaning),
                None => phrases.insert(fold(p), *meaning),
            };
        }
    }
    let all = |list: &[&str]| list.iter().map(|p| fold(p)).collect();
    Folded { phrases, accented, polite: all(POLITE), glued: all(POLITE_GLUED), inside: all(INSIDE) }
});

fn meaning_of(core: &str, accented: &str) -> Option<Meaning> {
    FOLDED.phrases.get(core).or_else(|| FOLDED.accented.get(accented)).copied()
}

/// `stop stop stop` is one `stop`.
fn unrepeated(core: &str) -> String {
    let mut words: Vec<&str> = core.split(' ').collect();
    words.dedup();
    words.join(" ")
}

/// `s t o p` is a `stop`; `unsub scribe` is left alone.
fn joined(core: &str) -> Option<String> {
    (core.contains(' ') && core.split(' ').all(|w| w.chars().count() == 1)).then(|| core.replace(' ', ""))
}

/// Takes greetings, please and thanks off both ends, but never the last word.
fn without_politeness(folded: &str) -> String {
    let mut core = folded.trim();
    loop {
        let before = core.len();
        for p in &FOLDED.polite {
            core = core.strip_prefix(p.as_str()).and_then(|r| r.strip_prefix(' ')).unwrap_or(core);
            core = core.strip_suffix(p.as_str()).and_then(|r| r.strip_suffix(' ')).unwrap_or(core);
        }
        for p in &FOLDED.glued {
            let left = |rest: &&str| !rest.trim().is_empty();
            core = core.strip_prefix(p.as_str()).filter(left).unwrap_or(core).trim();
            core = core.strip_suffix(p.as_str()).filter(left).unwrap_or(core).trim();
        }
        if core.len() == before {
            return core.to_owned();
        }
    }
}

/// Whether the phrase stands inside, as whole words where the script separates words.
fn contains_words(folded: &str, phrase: &str) -> bool {
    folded.match_indices(phrase).any(|(at, _)| {
        let before = folded.get(..at).and_then(|s| s.chars().next_back());
        let after = folded.get(at.saturating_add(phrase.len())..).and_then(|s| s.chars().next());
        !phrase.is_ascii() || (before.is_none_or(|c| c == ' ') && after.is_none_or(|c| c == ' '))
    })
}

/// One slip of the finger away from a stop word: proposed to the operator, never applied.
fn is_typo_of_stop(core: &str) -> bool {
    if core.contains(' ') || core.chars().count() < 4 || NOT_TYPOS.contains(&core) {
        return false;
    }
    TYPO_TARGETS.iter().any(|target| one_slip(core, target))
}

/// Whether one insertion, deletion, replacement or swap of neighbours turns `a` into `b`.
fn one_slip(a: &str, b: &str) -> bool {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let front = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let rest_a = a.get(front..).unwrap_or_default();
    let rest_b = b.get(front..).unwrap_or_default();
    let tail = |x: &[char], from: usize| x.get(from..).map(<[char]>::to_vec);
    match rest_a.len().cmp(&rest_b.len()) {
        std::cmp::Ordering::Less => tail(rest_b, 1).as_deref() == Some(rest_a),
        std::cmp::Ordering::Greater => tail(rest_a, 1).as_deref() == Some(rest_b),
        std::cmp::Ordering::Equal => {
            let replaced = !rest_a.is_empty() && tail(rest_a, 1) == tail(rest_b, 1);
            let swapped = rest_a.len() >= 2
                && rest_a.first() == rest_b.get(1)
                && rest_a.get(1) == rest_b.first()
                && tail(rest_a, 2) == tail(rest_b, 2);
            replaced || swapped
        }
    }
}

#[cfg(test)]
mod tests;
