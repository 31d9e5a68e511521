//! `{{…}}` in a template's texts (templates.md §2, §12).

use crate::limits::LimitError;

/// Which kind of variables a template has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Positional,
    Named,
}

/// The variables of a text in order, or what is wrong with its braces.
pub(super) fn scan(field: &str, text: &str) -> Result<Vec<String>, LimitError> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        match (rest.split_once("{{"), rest.split_once("}}")) {
            (None, None) => return Ok(found),
            (Some((before, after)), _) if !before.contains("}}") => {
                let (inside, tail) = after
                    .split_once("}}")
                    .ok_or_else(|| LimitError::new(field, "has an opening {{ without its closing }}"))?;
                if inside.contains("{{") {
                    return Err(LimitError::new(field, "has a {{ inside another"));
                }
                found.push(inside.trim().to_owned());
                rest = tail;
            }
            _ => return Err(LimitError::new(field, "has a closing }} without its opening {{")),
        }
    }
}

/// Checks names, order and uniqueness; gives the distinct variables.
pub(super) fn check(field: &str, text: &str, format: Format) -> Result<Vec<String>, LimitError> {
    let mut distinct: Vec<String> = Vec::new();
    for name in scan(field, text)? {
        let ok = match format {
            Format::Positional => name.parse::<u32>().is_ok_and(|n| n > 0 && n.to_string() == name),
            Format::Named => {
                name.starts_with(|c: char| c.is_ascii_lowercase())
                    && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            }
        };
        if !ok {
            let allowed = match format {
                Format::Positional => "a number from 1, such as {{1}}",
                Format::Named => "a name of small letters and _, such as {{first_name}}",
            };
            return Err(LimitError::new(field, format!("has a variable that is not {allowed}")));
        }
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    if format == Format::Positional {
        let mut numbers: Vec<usize> = distinct.iter().filter_map(|n| n.parse().ok()).collect();
        numbers.sort_unstable();
        if numbers.iter().enumerate().any(|(i, n)| i + 1 != *n) {
            return Err(LimitError::new(field, "has numbered variables that do not run from {{1}} without a gap"));
        }
    }
    Ok(distinct)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Hi {{1}}, order {{2}}, again {{1}}", &["1", "2"])]
    #[case("no variables } here {", &[])]
    fn variables_are_found_once_each(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(check("body", text, Format::Positional).unwrap(), expected);
    }

    #[rstest]
    #[case("Hi {{1}", "closing")]
    #[case("Hi 1}} you", "opening")]
    #[case("Hi {{2}}", "without a gap")]
    #[case("Hi {{name}}", "{{1}}")]
    #[case("Hi {{0}}", "{{1}}")]
    #[case("Hi {{01}}", "{{1}}")]
    #[case("Hi {{ {{1}} }}", "inside another")]
    fn what_review_rejects_is_named(#[case] text: &str, #[case] says: &str) {
        let e = check("body", text, Format::Positional).unwrap_err();
        assert!(e.problem.contains(says), "{e}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = check("body", &text, Format::Named);
        }
        #[test]
        fn braces_in_any_order_do_not_panic(text in "[{} a1]{0,40}") {
            let _ = check("body", &text, Format::Positional);
        }
    }
}
