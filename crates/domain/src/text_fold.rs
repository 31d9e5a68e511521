//! One comparing form for texts that people type: for opt-out words, search, header names and yes/no columns.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds case, accents, width, punctuation and spacing away: `"  S.T.O.P!! "` and `"s t o p"` meet, `"Désabonner"`
/// becomes `"desabonner"`, `"O'Brien"` `"obrien"`. Words are separated by single spaces.
pub fn fold(text: &str) -> String {
    fold_with(text, true)
}

/// As [`fold`], but keeps accents: in some languages they tell a "stop" from a "right!" (Vietnamese dừng, đúng).
pub fn fold_keeping_accents(text: &str) -> String {
    fold_with(text, false)
}

/// Foldings until nothing changes any more, at most: what falls away lets marks meet that stood apart, and they have
/// an order of their own.
const ROUNDS: usize = 4;

fn fold_with(text: &str, drop_accents: bool) -> String {
    let mut out = fold_once(text, drop_accents);
    for _ in 0..ROUNDS {
        if out.is_ascii() {
            break;
        }
        let again = fold_once(&out, drop_accents);
        if again == out {
            break;
        }
        out = again;
    }
    out
}

fn fold_once(text: &str, drop_accents: bool) -> String {
    let mut out = String::with_capacity(text.len());
    if drop_accents && text.is_ascii() {
        for b in text.bytes() {
            push(&mut out, char::from(b), true);
        }
    } else if drop_accents {
        text.nfkd().for_each(|c| push(&mut out, c, true));
    } else {
        text.nfkc().for_each(|c| push(&mut out, c, false));
    }
    while out.ends_with(' ') {
        out.pop();
    }
    out
}

fn push(out: &mut String, c: char, drop_accents: bool) {
    match c {
        'a'..='z' | '0'..='9' => out.push(c),
        'A'..='Z' => out.push(c.to_ascii_lowercase()),
        '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{60}' | '\u{b4}' => {}
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {}
        _ if drop_accents && is_accent(c) => {}
        // Emoji and their modifiers separate words like punctuation does.
        '\u{fe00}'..='\u{fe0f}' => {}
        _ if c.is_alphanumeric() || is_combining_mark(c) => match drop_accents.then(|| base_letter(c)).flatten() {
            Some(base) => out.push_str(base),
            None => out.extend(c.to_lowercase().filter(|l| !drop_accents || !is_accent(*l)).map(digit_to_ascii)),
        },
        _ if out.is_empty() || out.ends_with(' ') => {}
        _ => out.push(' '),
    }
}

/// Marks that people leave out when they type in a hurry. Vowel signs of the Indic and Thai scripts are letters.
const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Letters that do not decompose, written as people without that keyboard write them.
const fn base_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        'ى' | 'ی' => "ي",
        'ک' => "ك",
        'ة' => "ه",
        _ => return None,
    })
}

fn digit_to_ascii(c: char) -> char {
    match c {
        '\u{660}'..='\u{669}' => char::from_digit((c as u32).saturating_sub(0x660), 10).unwrap_or(c),
        '\u{6f0}'..='\u{6f9}' => char::from_digit((c as u32).saturating_sub(0x6f0), 10).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_text_meet() {
        assert_eq!(fold("  Désabonner-moi!! "), "desabonner moi");
        assert_eq!(fold("ＳＴＯＰ"), "stop");
        assert_eq!(fold("O'Brien"), fold("O’Brien"));
        assert_eq!(fold("Straße"), "strasse");
        assert_eq!(fold("İptal"), "iptal");
        assert_eq!(fold("إلغاء"), fold("الغاء"));
        assert_eq!(fold("stop 🛑"), "stop");
        assert_eq!(fold("बंद करो"), "बंद करो");
    }

    #[test]
    fn accents_can_be_kept_where_they_carry_the_meaning() {
        assert_ne!(fold_keeping_accents("Dừng"), fold_keeping_accents("Đúng"));
        assert_eq!(fold("Dừng"), fold("Đúng"));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
