//! Comparing forms of what stands in columns and tags. The store keeps them beside the values, made by these functions,
//! so that a filter is looked up and not worked out for every person.

use unicode_normalization::UnicodeNormalization;

use crate::value_format;

/// Longest comparing form, in characters: what differs only behind that is taken for the same.
const KEY_CHARS: usize = 120;
/// Tags read from one cell at most, and characters of one.
const MOST_TAGS: usize = 50;
const TAG_CHARS: usize = 60;

/// A value without regard to case and spacing. Accents and signs stay: "A+" is not "A-".
pub fn value_key(text: &str) -> String {
    let mut key = String::new();
    for word in text.nfkc().collect::<String>().split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        key.extend(word.chars().flat_map(char::to_lowercase));
    }
    match key.char_indices().nth(KEY_CHARS) {
        Some((end, _)) => key.get(..end).unwrap_or_default().trim_end().to_owned(),
        None => key,
    }
}

/// The comparing form of a tag.
pub fn tag_key(text: &str) -> String {
    value_key(text)
}

/// The tags of a cell, as shops export them: separated by commas, semicolons or bars.
pub fn tags_in(cell: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for part in cell.split([',', ';', '|', '\n']) {
        let tag: String = part.split_whitespace().collect::<Vec<_>>().join(" ");
        let tag: String = tag.chars().take(TAG_CHARS).collect();
        if !tag.is_empty() && tags.len() < MOST_TAGS && !tags.iter().any(|t| tag_key(t) == tag_key(&tag)) {
            tags.push(tag);
        }
    }
    tags
}

/// The number that a value is, if it is one.
pub fn number_of(text: &str) -> Option<f64> {
    value_format::read_number(text)?.parse().ok().filter(|n: &f64| n.is_finite())
}

/// The day that a value names, in days since 1970, if it names one in a way that can be read only once.
pub fn day_of(text: &str) -> Option<i32> {
    let day = value_format::read_day(text)?;
    let epoch = jiff::civil::date(1970, 1, 1);
    day.since((jiff::Unit::Day, epoch)).ok().map(|span| span.get_days())
}
