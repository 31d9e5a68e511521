//! What a cell of a consent column says, and whether any other cell speaks of an opt-out.

use std::sync::LazyLock;

use crate::consent::Purposes;
use crate::text_fold::fold;

/// What a consent cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Agreed.
    Yes,
    /// Did not agree.
    No,
    /// Opted out.
    OptedOut,
    /// Nothing.
    Empty,
    /// Something else; that is not a yes.
    Unclear,
}

/// A yes to whatever the header asks.
#[rustfmt::skip]
const YES: &[&str] = &[
    "yes", "y", "true", "t", "1", "x", "on", "ok", "confirmed", "active", "enabled", "checked", "oui", "vrai", "si",
    "verdadero", "sim", "verdadeiro", "ja", "wahr", "vero", "waar", "tak", "prawda", "ano", "igen", "da", "evet", "да",
    "так", "истина", "نعم", "כן", "हाँ", "हां", "ya", "iya", "co", "是", "はい", "예", "네",
];
/// A yes to messages, whatever the header asks.
#[rustfmt::skip]
const AGREED: &[&str] = &[
    "opted in", "opt in", "optin", "opt in confirmed", "double opt in", "subscribed", "granted", "agreed", "accepted",
    "consented", "accepts", "abonne", "accepte", "acepta", "acepto", "aceito", "zugestimmt", "einverstanden",
    "angemeldet", "iscritto", "akkoord", "согласен", "согласна", "同意",
];
/// A no to whatever the header asks.
#[rustfmt::skip]
const NO: &[&str] = &[
    "no", "n", "false", "f", "0", "off", "none", "disabled", "inactive", "non", "faux", "falso", "nao", "nein",
    "falsch", "nee", "onwaar", "nie", "ne", "nem", "nu", "hayir", "нет", "ні", "ложь", "لا", "לא", "नहीं", "tidak",
    "khong", "否", "いいえ", "아니요",
];
/// A no to messages, whatever the header asks.
#[rustfmt::skip]
const REFUSED: &[&str] = &[
    "not subscribed", "never subscribed", "nonsubscribed", "declined", "refused", "not opted in", "pending", "refuse",
    "rechaza", "recusado", "nicht einverstanden", "不同意",
];
#[rustfmt::skip]
const OPTED_OUT: &[&str] = &[
    "opted out", "opt out", "optout", "optedout", "unsubscribed", "unsub", "unsubscribe", "stop", "stopall", "stop all",
    "stopped", "blocked", "blocklisted", "blacklisted", "suppressed", "withdrawn", "revoked", "do not contact",
    "do not message", "dnc", "redacted", "abgemeldet", "widerrufen", "desabonne", "desinscrit", "dado de baja", "baja",
    "descadastrado", "disiscritto", "uitgeschreven", "afgemeld", "wypisany", "отписан", "отписался", "отписалась",
];
/// The opposite of an opt-out, in so many words.
const NOT_OPTED_OUT: &[&str] = &["not opted out", "not unsubscribed", "never opted out", "never unsubscribed"];

/// Says "opted out" wherever it stands in a text.
#[rustfmt::skip]
const OPTED_OUT_INSIDE: &[&str] = &[
    "opted out", "optedout", "unsubscribed", "blocklisted", "blacklisted", "do not contact", "do not message",
    "abgemeldet", "desabonne", "desinscrit", "dado de baja", "descadastrado", "disiscritto", "uitgeschreven",
    "afgemeld", "wypisany", "отписан", "отписался", "отписалась",
];
/// Says it only when it is all that a cell holds: in a note, "stop" is a bus stop and "baja" is low.
const OPTED_OUT_ALONE: &[&str] = &["stop", "stopall", "stop all", "opt out", "optout", "unsub", "unsubscribe", "dnc"];
/// Right before one of them, turn it around.
const NEGATIONS: &[&str] = &["not", "never", "nicht", "nie", "pas", "jamais", "nunca", "niet", "не"];

static INSIDE_FOLDED: LazyLock<Vec<String>> = LazyLock::new(|| OPTED_OUT_INSIDE.iter().map(|p| fold(p)).collect());

fn is_one_of(folded: &str, list: &[&str]) -> bool {
    list.contains(&folded) || list.iter().any(|w| !w.is_ascii() && fold(w) == folded)
}

/// Reads a consent cell; what is not in the table is unclear, which is not a yes.
pub fn said(cell: &str) -> Said {
    let trimmed = cell.trim();
    if matches!(trimmed, "✓" | "✔" | "☑" | "✅" | "✔️") {
        return Said::Yes;
    }
    if matches!(trimmed, "✗" | "✘" | "❌" | "☐" | "-") {
        return Said::No;
    }
    let folded = fold(cell);
    if folded.is_empty() {
        return if trimmed.is_empty() { Said::Empty } else { Said::Unclear };
    }
    let is = |list: &[&str]| is_one_of(&folded, list);
    if is(YES) || is(AGREED) {
        Said::Yes
    } else if is(OPTED_OUT) {
        Said::OptedOut
    } else if is(NO) || is(REFUSED) {
        Said::No
    } else {
        Said::Unclear
    }
}

/// What a cell of an opt-out column says. A no there is not a yes to messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptOutSaid {
    /// The person opted out.
    OptedOut,
    /// The person did not opt out, which proves nothing.
    Not,
    /// Nothing.
    Empty,
    /// Something else; somebody has to look at it.
    Unclear,
}

/// Reads a cell of a column whose header asks whether the person opted out.
pub fn opt_out_said(cell: &str) -> OptOutSaid {
    let folded = fold(cell);
    match said(cell) {
        Said::Empty => OptOutSaid::Empty,
        Said::OptedOut => OptOutSaid::OptedOut,
        Said::Yes if is_one_of(&folded, AGREED) => OptOutSaid::Not,
        Said::Yes => OptOutSaid::OptedOut,
        Said::No if is_one_of(&folded, REFUSED) => OptOutSaid::Unclear,
        Said::No => OptOutSaid::Not,
        Said::Unclear if NOT_OPTED_OUT.contains(&folded.as_str()) => OptOutSaid::Not,
        Said::Unclear if says_opted_out(cell) => OptOutSaid::OptedOut,
        Said::Unclear => OptOutSaid::Unclear,
    }
}

/// Whether a cell of any column plainly says that the person opted out.
pub fn says_opted_out(cell: &str) -> bool {
    if !may_speak_of_opting_out(cell) {
        return false;
    }
    let folded = fold(cell);
    let negated = |before: &str| before.split(' ').next_back().is_some_and(|word| NEGATIONS.contains(&word));
    OPTED_OUT_ALONE.contains(&folded.as_str())
        || INSIDE_FOLDED.iter().any(|p| words_before(&folded, p).any(|before| !negated(before)))
}

/// Whether a cell of a consent column speaks of an opt-out in any way.
pub fn mentions_opting_out(cell: &str) -> bool {
    may_speak_of_opting_out(cell) && {
        let folded = fold(cell);
        let holds = |phrase: &str| words_before(&folded, phrase).next().is_some();
        OPTED_OUT_ALONE.iter().any(|p| holds(p)) || INSIDE_FOLDED.iter().any(|p| holds(p))
    }
}

/// What stands before each place at which the phrase stands as whole words.
fn words_before<'t>(folded: &'t str, phrase: &'t str) -> impl Iterator<Item = &'t str> {
    folded.match_indices(phrase).filter_map(|(at, found)| {
        let before = folded.get(..at).filter(|b| b.is_empty() || b.ends_with(' '))?;
        let after = folded.get(at.saturating_add(found.len())..)?;
        (after.is_empty() || after.starts_with(' ')).then_some(before.trim_end())
    })
}

/// A look at the bytes that spares most cells of a large file the reading: the beginnings of the words above.
fn may_speak_of_opting_out(cell: &str) -> bool {
    !cell.is_ascii()
        || cell.as_bytes().windows(2).any(|pair| {
            let [a, b] = pair else { return false };
            matches!(
                (a | 0x20, b | 0x20),
                (b's', b't')
                    | (b'u', b'n' | b'i')
                    | (b'o', b'p')
                    | (b'b', b'l')
                    | (b'd', b'n' | b'o' | b'e' | b'a' | b'i')
                    | (b'a', b'b' | b'f')
                    | (b'w', b'y')
            )
        })
}

#[rustfmt::skip]
const MARKETING: &[&str] = &[
    "marketing", "promo", "promos", "promotion", "promotions", "promotional", "newsletter", "offers", "news", "werbung",
    "angebote", "promociones", "ofertas", "promocoes", "offres", "promozioni", "reclame", "реклама", "акции", "updates",
];
#[rustfmt::skip]
const UTILITY: &[&str] = &[
    "utility", "service", "services", "transactional", "orders", "order", "order updates", "notifications", "reminders",
    "appointments", "delivery", "shipping", "bestellung", "bestellungen", "pedidos", "commandes", "ordini", "bestellingen",
    "заказы",
];

/// Which purposes a cell names: general for an empty cell or "all"; `None` for words that we do not know.
pub fn purposes_said(cell: &str) -> Option<Purposes> {
    let folded = fold(cell);
    if folded.is_empty() || matches!(folded.as_str(), "all" | "any" | "general" | "everything" | "whatsapp") {
        return Some(Purposes::GENERAL);
    }
    let mut named = Purposes::GENERAL;
    for part in cell.split([',', ';', '|', '/', '+', '&', '[', ']']).flat_map(|p| p.split(" and ")) {
        let part = fold(part);
        if part.is_empty() {
            continue;
        }
        let is = |list: &[&str]| list.contains(&part.as_str()) || list.iter().any(|w| !w.is_ascii() && fold(w) == part);
        if is(MARKETING) {
            named = named.with("marketing");
        } else if is(UTILITY) {
            named = named.with("utility");
        } else {
            return None;
        }
    }
    Some(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Yes", Said::Yes)]
    #[case("TRUE", Said::Yes)]
    #[case("sí", Said::Yes)]
    #[case("Да", Said::Yes)]
    #[case("✓", Said::Yes)]
    #[case("Opted in", Said::Yes)]
    #[case("no", Said::No)]
    #[case("NEVER_SUBSCRIBED", Said::No)]
    #[case("Unsubscribed", Said::OptedOut)]
    #[case("STOP", Said::OptedOut)]
    #[case("", Said::Empty)]
    #[case("maybe", Said::Unclear)]
    #[case("??", Said::Unclear)]
    fn cells_say_yes_no_or_nothing(#[case] cell: &str, #[case] want: Said) {
        assert_eq!(said(&cell.replace('_', " ")), want);
    }

    #[test]
    fn no_word_says_two_things() {
        for (list, want) in [
            (YES, Said::Yes),
            (AGREED, Said::Yes),
            (NO, Said::No),
            (REFUSED, Said::No),
            (OPTED_OUT, Said::OptedOut),
            (NOT_OPTED_OUT, Said::Unclear),
        ] {
            for w in list {
                assert_eq!(said(w), want, "{w}");
            }
        }
    }

    #[rstest]
    #[case("yes", OptOutSaid::OptedOut)]
    #[case("TRUE", OptOutSaid::OptedOut)]
    #[case("1", OptOutSaid::OptedOut)]
    #[case("✓", OptOutSaid::OptedOut)]
    #[case("Unsubscribed", OptOutSaid::OptedOut)]
    #[case("unsubscribed on 3 May", OptOutSaid::OptedOut)]
    #[case("no", OptOutSaid::Not)]
    #[case("FALSE", OptOutSaid::Not)]
    #[case("subscribed", OptOutSaid::Not)]
    #[case("not opted out", OptOutSaid::Not)]
    #[case("", OptOutSaid::Empty)]
    #[case("maybe", OptOutSaid::Unclear)]
    #[case("pending", OptOutSaid::Unclear)]
    fn an_opt_out_column_turns_yes_and_no_around(#[case] cell: &str, #[case] want: OptOutSaid) {
        assert_eq!(opt_out_said(cell), want);
    }

    #[rstest]
    #[case("STOP", true)]
    #[case("S.T.O.P.", false)]
    #[case("Opted-out", true)]
    #[case("customer opted out in May", true)]
    #[case("UNSUBSCRIBED 2026-05-03", true)]
    #[case("please do not contact", true)]
    #[case("bitte abgemeldet", true)]
    #[case("отписался", true)]
    #[case("never unsubscribed", false)]
    #[case("has not opted out", false)]
    #[case("Bus stop 4", false)]
    #[case("Prioridad baja", false)]
    #[case("baja", false)]
    #[case("Optometrist", false)]
    fn a_cell_of_any_column_says_opted_out_only_plainly(#[case] cell: &str, #[case] want: bool) {
        assert_eq!(says_opted_out(cell), want);
    }

    #[rstest]
    #[case("keyword STOP", true)]
    #[case("unsubscribe form", true)]
    #[case("web form", false)]
    fn a_consent_column_that_speaks_of_opting_out_is_noticed(#[case] cell: &str, #[case] want: bool) {
        assert_eq!(mentions_opting_out(cell), want);
    }

    #[test]
    fn no_word_is_passed_over_by_the_quick_look() {
        for w in OPTED_OUT_ALONE.iter().chain(OPTED_OUT_INSIDE) {
            assert!(may_speak_of_opting_out(w), "{w}");
            assert!(may_speak_of_opting_out(&format!("x {}", w.to_uppercase())), "{w}");
            assert!(mentions_opting_out(w), "{w}");
        }
    }

    #[test]
    fn purposes_are_read_or_refused() {
        assert_eq!(
            purposes_said("Marketing, order updates"),
            Some(Purposes::GENERAL.with("marketing").with("utility"))
        );
        assert_eq!(purposes_said(""), Some(Purposes::GENERAL));
        assert_eq!(purposes_said("e-mail"), None);
    }
}
