//! What a cell of a consent column says.

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

#[rustfmt::skip]
const YES: &[&str] = &[
    "yes", "y", "true", "t", "1", "x", "on", "ok", "opted in", "opt in", "optin", "opt in confirmed", "subscribed", "confirmed",
    "granted", "agreed", "accepted", "consented", "active", "enabled", "checked", "oui", "vrai", "abonne", "si", "verdadero",
    "sim", "verdadeiro", "ja", "wahr", "zugestimmt", "einverstanden", "angemeldet", "vero", "iscritto", "waar", "akkoord",
    "tak", "prawda", "ano", "igen", "da", "evet", "да", "так", "согласен", "согласна", "истина", "نعم", "כן", "हाँ", "हां",
    "ya", "iya", "co", "是", "同意", "はい", "예", "네", "accepts", "accepte", "acepta", "aceito", "acepto", "double opt in",
];
#[rustfmt::skip]
const NO: &[&str] = &[
    "no", "n", "false", "f", "0", "off", "not subscribed", "never subscribed", "nonsubscribed", "declined", "refused", "none",
    "not opted in", "disabled", "inactive", "non", "faux", "falso", "nao", "nein", "falsch", "nicht einverstanden", "nee", "onwaar",
    "nie", "ne", "nem", "nu", "hayir", "нет", "ні", "ложь", "لا", "לא", "नहीं", "tidak", "khong", "否", "不同意", "いいえ",
    "아니요", "pending", "refuse", "rechaza", "recusado",
];
#[rustfmt::skip]
const OPTED_OUT: &[&str] = &[
    "opted out", "opt out", "optout", "optedout", "unsubscribed", "unsub", "stop", "stopped", "blocked", "blocklisted",
    "blacklisted", "suppressed", "withdrawn", "revoked", "do not contact", "do not message", "dnc", "redacted",
    "abgemeldet", "widerrufen", "desabonne", "desinscrit", "dado de baja", "baja", "descadastrado", "disiscritto",
    "uitgeschreven", "afgemeld", "wypisany", "отписан", "отписался", "отписалась",
];

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
    let is = |list: &[&str]| list.contains(&folded.as_str()) || list.iter().any(|w| !w.is_ascii() && fold(w) == folded);
    if is(YES) {
        Said::Yes
    } else if is(OPTED_OUT) {
        Said::OptedOut
    } else if is(NO) {
        Said::No
    } else {
        Said::Unclear
    }
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
        for (list, want) in [(YES, Said::Yes), (NO, Said::No), (OPTED_OUT, Said::OptedOut)] {
            for w in list {
                assert_eq!(said(w), want, "{w}");
            }
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
