//! How the platform reads a `to` field (messages.md §1, webhooks.md §9).
//!
//! Written from the documentation alone and without a numbering-plan library on purpose: the
//! console uses one, and the same mistake on both sides would go unseen.

/// Why a `to` was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAPhone {
    /// Characters other than digits, `+`, `-`, parentheses, dots and spaces.
    Characters,
    /// Fewer than 7 or more than 15 digits.
    Length,
}

/// A recipient's number as digits with country code, the way `wa_id` carries it.
///
/// Without `+` the platform prepends the sender's country code unless the digits already start
/// with it, so a national number of another country reaches a stranger.
pub(crate) fn wa_id(to: &str, sender_country: &str) -> Result<String, NotAPhone> {
    let trimmed = to.trim();
    let mut digits = String::with_capacity(15);
    for (at, c) in trimmed.chars().enumerate() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if at == 0 => {}
            '-' | '(' | ')' | ' ' | '.' | '\u{a0}' => {}
            _ => return Err(NotAPhone::Characters),
        }
    }
    if !trimmed.starts_with('+') && !has_country(&digits, sender_country) {
        digits.insert_str(0, sender_country);
    }
    if !(7..=15).contains(&digits.len()) {
        return Err(NotAPhone::Length);
    }
    Ok(adapt(digits))
}

fn has_country(digits: &str, sender_country: &str) -> bool {
    if sender_country == "1" {
        digits.len() == 11 && digits.starts_with('1')
    } else {
        digits.starts_with(sender_country) || digits.len() >= 11
    }
}

/// Brazil's ninth digit, Mexico's 1 and Argentina's 9 as `wa_id` shows them (webhooks.md §9).
fn adapt(digits: String) -> String {
    let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default();
    if digits.starts_with("55") && digits.len() == 13 && part(4..5) == "9" && part(2..4) > "30" {
        return format!("{}{}", part(0..4), part(5..13));
    }
    if digits.starts_with("52") && digits.len() == 12 {
        return format!("521{}", part(2..12));
    }
    if digits.starts_with("54") && digits.len() == 12 && part(2..3) != "9" {
        return format!("549{}", part(2..12));
    }
    digits
}

/// Whether a number can exist at all under its country's plan; one that cannot is accepted by the
/// platform and then reported undeliverable (131026).
pub(crate) fn can_exist(wa_id: &str) -> bool {
    let bytes = wa_id.as_bytes();
    match bytes.first() {
        Some(b'0') | None => false,
        Some(b'1') => nanp_can_exist(bytes),
        Some(_) => (8..=15).contains(&bytes.len()),
    }
}

fn nanp_can_exist(bytes: &[u8]) -> bool {
    let digit = |at: usize| bytes.get(at).copied().unwrap_or(b'0');
    bytes.len() == 11
        && digit(1) >= b'2'
        && digit(4) >= b'2'
        && !(digit(2) == b'1' && digit(3) == b'1')
        && !(digit(1) == b'5' && digit(2) == b'5' && digit(3) == b'5')
}

/// Area codes within +1 that are not the United States, with their country.
const CANADA: &str = "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 387 403 416 418 428 431 437 438 450 460 468 474 506 514 519 537 548 568 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942";
const CARIBBEAN: &str = "242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 787 809 829 849 868 869 876 939";

/// Two-letter country for a BSUID prefix and for pricing; `ZZ` when not in the short list.
pub(crate) fn country(wa_id: &str) -> &'static str {
    const PREFIXES: &[(&str, &str)] = &[
        ("351", "PT"),
        ("353", "IE"),
        ("971", "AE"),
        ("972", "IL"),
        ("44", "GB"),
        ("49", "DE"),
        ("33", "FR"),
        ("34", "ES"),
        ("39", "IT"),
        ("31", "NL"),
        ("55", "BR"),
        ("52", "MX"),
        ("54", "AR"),
        ("91", "IN"),
        ("62", "ID"),
        ("61", "AU"),
        ("27", "ZA"),
        ("41", "CH"),
        ("43", "AT"),
        ("32", "BE"),
        ("48", "PL"),
    ];
    if wa_id.starts_with('1') {
        let area = wa_id.get(1..4).unwrap_or_default();
        return if CANADA.split(' ').any(|c| c == area) {
            "CA"
        } else if CARIBBEAN.split(' ').any(|c| c == area) {
            "JM"
        } else {
            "US"
        };
    }
    PREFIXES.iter().find(|(prefix, _)| wa_id.starts_with(prefix)).map_or("ZZ", |(_, country)| country)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn reads_a_number_the_way_the_platform_documents() {
        assert_eq!(wa_id("+1 (416) 555-0123", "1").unwrap(), "14165550123");
        assert_eq!(wa_id("14165550123", "1").unwrap(), "14165550123");
        assert_eq!(wa_id("4165550123", "1").unwrap(), "14165550123", "the sender's country is prepended");
        assert_eq!(wa_id("447911123456", "1").unwrap(), "1447911123456", "and may reach a stranger");
        assert_eq!(wa_id("+55 11 9 6123 4567", "1").unwrap(), "5511961234567");
        assert_eq!(wa_id("+55 41 9 6123 4567", "1").unwrap(), "554161234567");
        assert_eq!(wa_id("hello", "1"), Err(NotAPhone::Characters));
        assert_eq!(wa_id("+12", "1"), Err(NotAPhone::Length));
    }

    #[test]
    fn tells_canada_from_the_united_states() {
        assert_eq!(country("14165550123"), "CA");
        assert_eq!(country("16505550123"), "US");
        assert!(can_exist("14165550123"));
        assert!(!can_exist("15550100123"), "+1 555 is no area code");
        assert!(!can_exist("11165550123"));
    }
}
