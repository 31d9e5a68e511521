//! How it reads: shouting, emoji, links, hidden characters, a way out.

use serde_json::json;
use switchboard_domain::text_fold::fold;
use unicode_segmentation::UnicodeSegmentation;

use crate::findings::{Findings, Rule};
use crate::text::outside_braces;
use crate::view::{Kind, Part, View};
use crate::words::{SHORTENERS, WAYS_OUT, contains};

const EMOJI: usize = 10;
/// Text shorter than this is not judged for its language.
const LANGUAGE_CHARS: usize = 60;

pub(crate) fn check(view: &View<'_>, findings: &mut Findings) {
    for part in view.all_parts().filter(|part| part.kind != Kind::Buttons) {
        let Some(text) = part.text() else { continue };
        hidden(part, text, findings);
        loud(part, text, findings);
        marks(part, text, findings);
        links(&part.place, text, part.kind != Kind::Header, findings);
    }
    for button in view.all_buttons() {
        if let Some(url) = button.word("url") {
            links(&format!("{}.url", button.place), url, false, findings);
        }
        if let Some(label) = button.word("text") {
            hidden_label(&button.place, &format!("{}/text", button.pointer), label, findings);
        }
    }
    let emoji: usize = view.all_parts().filter_map(|part| part.text()).map(emoji_in).sum();
    if emoji > EMOJI {
        findings.add(
            Rule::Emoji,
            "body",
            format!("{emoji} emoji are many. A handful is read more gladly, and review less often objects."),
        );
    }
    if view.category == "MARKETING" {
        way_out(view, findings);
    }
    language(view, findings);
}

/// Emoji in a text, a sequence counted once.
pub(crate) fn emoji_in(text: &str) -> usize {
    text.graphemes(true).filter(|g| !g.is_ascii() && emojis::get(g).is_some()).count()
}

/// Turns of direction, and marks that nobody sees. Joiners stay: Persian and Indic scripts and emoji need them.
const fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}')
}

fn hidden(part: &Part<'_>, text: &str, findings: &mut Findings) {
    hidden_label(&part.place, &part.text_pointer(), text, findings);
    let mixed = text.unicode_words().find(|w| {
        let latin = w.chars().any(|c| c.is_ascii_alphabetic());
        latin && w.chars().any(|c| matches!(c, '\u{370}'..='\u{52f}'))
    });
    if mixed.is_some() {
        findings.add(
            Rule::MixedScripts,
            &part.place,
            "A word has letters of two scripts that look alike. Type it again: review takes it for deception.",
        );
    }
}

fn hidden_label(place: &str, pointer: &str, text: &str, findings: &mut Findings) {
    if text.chars().any(is_hidden) {
        let clean: String = text.chars().filter(|c| !is_hidden(*c)).collect();
        findings.add_replacing(
            Rule::HiddenCharacters,
            place,
            "There are characters that nobody sees or that turn the direction of writing. Meta takes them for deception.",
            pointer,
            &clean,
        );
    }
}

fn loud(part: &Part<'_>, text: &str, findings: &mut Findings) {
    let plain = outside_braces(text);
    let cased = |c: &char| c.is_uppercase() || c.is_lowercase();
    let letters = plain.chars().filter(cased).count();
    let capitals = plain.chars().filter(|c| c.is_uppercase()).count();
    let shouted = plain.unicode_words().filter(|w| w.chars().count() > 3 && w.chars().all(char::is_uppercase)).count();
    if (letters >= 12 && capitals.saturating_mul(5) > letters.saturating_mul(2)) || shouted >= 3 {
        findings.add(Rule::Shouting, &part.place, "Capitals read as shouting. Write words as usual.");
    }
    let runs = ["!!", "??", "!?", "?!", "¡¡", "¿¿", "！！", "？？"];
    if runs.iter().any(|run| plain.contains(run)) || plain.matches(['!', '！']).count() > 3 {
        findings.add(Rule::Punctuation, &part.place, "One exclamation or question mark is enough.");
    }
    let words: Vec<&str> = plain.unicode_words().collect();
    let twice = words.windows(2).find_map(|pair| match pair {
        [a, b] if a.chars().count() > 1 && a == b && a.chars().all(char::is_alphabetic) => Some(*a),
        _ => None,
    });
    if let Some(twice) = twice.filter(|word| plain.contains(&format!("{word} {word}"))) {
        findings.add(Rule::WordTwice, &part.place, format!("\"{twice} {twice}\": is one of them too many?"));
    }
}

/// Pairs of WhatsApp's marks that do not close.
fn marks(part: &Part<'_>, text: &str, findings: &mut Findings) {
    if part.kind == Kind::Header {
        return;
    }
    let plain = outside_braces(text);
    let open = ['*', '~'].iter().any(|mark| {
        // "5 * 3" is arithmetic, not formatting.
        let at_word = plain.split(*mark).collect::<Vec<_>>();
        let marks = at_word.windows(2).filter(|pair| match pair {
            [before, after] => !(before.ends_with(char::is_whitespace) && after.starts_with(char::is_whitespace)),
            _ => false,
        });
        marks.count() % 2 == 1
    });
    if open || plain.matches("```").count() % 2 == 1 {
        findings.add(
            Rule::Formatting,
            &part.place,
            "A formatting mark (* ~ ```) does not close and will be shown as it is.",
        );
    }
}

fn links(place: &str, text: &str, in_text: bool, findings: &mut Findings) {
    let lower = text.to_lowercase();
    let starts_word = |needle: &str| {
        lower.match_indices(needle).any(|(at, _)| {
            lower
                .get(..at)
                .and_then(|before| before.chars().next_back())
                .is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '.')
        })
    };
    if starts_word("wa.me/") || starts_word("api.whatsapp.com/") {
        findings.add(
            Rule::LinkToChat,
            place,
            "Links that open a chat are often refused. Use a quick reply, or your own page.",
        );
    } else if let Some(found) = SHORTENERS.iter().find(|host| starts_word(&format!("{host}/"))) {
        findings.add(
            Rule::LinkShortener,
            place,
            format!("`{found}` hides where the link leads. Write the address of your own site."),
        );
    } else if in_text && (lower.contains("https://") || lower.contains("http://") || starts_word("www.")) {
        findings.add(
            Rule::LinkInText,
            place,
            "A button is easier to tap than an address in the text, and shows how often it was.",
        );
    }
}

fn way_out(view: &View<'_>, findings: &mut Findings) {
    if contains(&fold(&view.words()), &WAYS_OUT).is_some() {
        return;
    }
    let message = "There is no way out. A quick reply \"Stop promotions\" is taken before people block the number, which costs quality.";
    let reply = json!({"type": "QUICK_REPLY", "text": "Stop promotions"});
    // Carousels and offers have no place for it beside their own buttons.
    if view.offer.is_some() || view.cards.is_some() {
        findings.add(Rule::NoWayOut, "body", message);
        return;
    }
    match view.part(Kind::Buttons) {
        Some(part) => {
            let buttons = part.buttons();
            let last_is_reply = buttons.last().is_some_and(|b| b.kind == "QUICK_REPLY");
            let any_reply = buttons.iter().any(|b| b.kind == "QUICK_REPLY");
            if buttons.len() < 10 && (last_is_reply || !any_reply) {
                findings.add_adding(Rule::NoWayOut, "buttons", message, &format!("{}/buttons/-", part.pointer), reply);
            } else {
                findings.add(Rule::NoWayOut, "buttons", message);
            }
        }
        None => {
            let buttons = json!({"type": "BUTTONS", "buttons": [reply]});
            findings.add_adding(Rule::NoWayOut, "buttons", message, "/components/-", buttons);
        }
    }
}

/// The language that the template names against the one that it is written in.
fn language(view: &View<'_>, findings: &mut Findings) {
    let text: String =
        view.all_parts().filter_map(|part| part.text()).map(outside_braces).collect::<Vec<_>>().join("\n");
    if text.chars().filter(|c| c.is_alphabetic()).count() < LANGUAGE_CHARS || view.language.is_empty() {
        return;
    }
    let said = view.language.split(['_', '-']).next().unwrap_or_default();
    let Some(info) = whatlang::detect(&text).filter(whatlang::Info::is_reliable) else { return };
    let Some(seen) = two_letters(info.lang()) else { return };
    if seen != said && !near(seen, said) {
        findings.add(
            Rule::LanguageMismatch,
            "language",
            format!("The text reads like {}, but the template says `{}`.", info.lang().eng_name(), view.language),
        );
    }
}

/// Languages that a guess from a few words confuses.
fn near(a: &str, b: &str) -> bool {
    const KIN: &[&[&str]] = &[
        &["nb", "no", "da", "sv"],
        &["hr", "sr", "sl", "mk", "bg"],
        &["cs", "sk"],
        &["es", "pt", "ca", "gl", "it"],
        &["nl", "af", "de"],
        &["id", "ms"],
        &["ru", "uk", "be", "bg"],
        &["hi", "mr", "ne"],
        &["ur", "fa", "ar", "ps"],
        &["az", "tr", "uz"],
    ];
    KIN.iter().any(|kin| kin.contains(&a) && kin.contains(&b))
}

/// ISO 639-1 of the languages that Meta lists.
fn two_letters(lang: whatlang::Lang) -> Option<&'static str> {
    #[rustfmt::skip]
    const CODES: &[(&str, &str)] = &[
        ("eng", "en"), ("spa", "es"), ("por", "pt"), ("fra", "fr"), ("deu", "de"), ("ita", "it"), ("nld", "nl"), ("swe", "sv"),
        ("dan", "da"), ("nob", "nb"), ("fin", "fi"), ("pol", "pl"), ("ces", "cs"), ("slk", "sk"), ("hun", "hu"), ("ron", "ro"),
        ("bul", "bg"), ("ell", "el"), ("tur", "tr"), ("rus", "ru"), ("ukr", "uk"), ("srp", "sr"), ("hrv", "hr"), ("ara", "ar"),
        ("heb", "he"), ("pes", "fa"), ("urd", "ur"), ("hin", "hi"), ("mar", "mr"), ("ben", "bn"), ("tam", "ta"), ("tel", "te"),
        ("guj", "gu"), ("kan", "kn"), ("mal", "ml"), ("pan", "pa"), ("ind", "id"), ("tha", "th"), ("vie", "vi"), ("cmn", "zh"),
        ("jpn", "ja"), ("kor", "ko"),
    ];
    CODES.iter().find(|(three, _)| *three == lang.code()).map(|(_, two)| *two)
}
