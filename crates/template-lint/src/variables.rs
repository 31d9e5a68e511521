//! Variables: how they are written, numbered and placed (templates.md §2, §12).

use unicode_segmentation::UnicodeSegmentation;

use crate::findings::{Findings, Rule};
use crate::view::{Kind, Part, View};

/// Words that a variable needs around it; the published rule names no number.
const WORDS_PER_VARIABLE: usize = 3;

/// A variable where it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// What stands between the braces, without space around it.
    pub(crate) name: String,
    /// The text between the one before, or the start, and this one.
    pub(crate) before: String,
}

/// What a text holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scan {
    pub(crate) found: Vec<Found>,
    /// The text after the last variable.
    pub(crate) tail: String,
    /// Braces that make no variable.
    pub(crate) stray: bool,
}

pub(crate) fn scan(text: &str) -> Scan {
    let mut scan = Scan::default();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, tail)) = after.split_once("}}") else { break };
        let stray = |piece: &str| piece.contains(['{', '}']);
        scan.stray |= stray(before) || stray(inside);
        scan.found.push(Found { name: inside.trim().to_owned(), before: before.to_owned() });
        rest = tail;
    }
    scan.stray |= rest.contains(['{', '}']);
    scan.tail = rest.to_owned();
    scan
}

/// Each variable of a text once, in order.
pub(crate) fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for found in scan(text).found {
        if !names.contains(&found.name) {
            names.push(found.name);
        }
    }
    names
}

pub(crate) fn check(view: &View<'_>, findings: &mut Findings) {
    let named = view.named();
    for part in view.all_parts() {
        let Some(text) = part.text() else { continue };
        let scan = scan(text);
        match part.kind {
            Kind::Buttons => continue,
            Kind::Footer => {
                if !scan.found.is_empty() || scan.stray {
                    findings.add(Rule::VariablePlace, &part.place, "A footer has no variables.");
                }
                continue;
            }
            Kind::Header | Kind::Body => {}
        }
        written(part, &scan, named, findings);
        if part.kind == Kind::Header && names(text).len() > 1 {
            findings.add(Rule::VariableCount, &part.place, "A header has one variable at most.");
        }
        if part.kind == Kind::Body {
            placed(part, text, &scan, findings);
        }
    }
}

/// How the variables of one text are written and numbered.
fn written(part: &Part<'_>, scan: &Scan, named: bool, findings: &mut Findings) {
    let place = &part.place;
    if scan.stray {
        findings.add(
            Rule::VariableBraces,
            place,
            "There are braces that make no variable. A variable is `{{1}}` or `{{first_name}}`, with two braces on each side.",
        );
    }
    let digits = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
    let good = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let mut numbers: Vec<u32> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for found in &scan.found {
        let name = found.name.as_str();
        if !good(name) {
            let rule = "Names of variables have small letters a–z, digits and `_`.";
            findings.add(Rule::VariableName, place, format!("`{{{{{name}}}}}` is no variable. {rule}"));
        } else if digits(name) && named {
            findings.add(
                Rule::VariableStyle,
                place,
                format!(
                    "`{{{{{name}}}}}` is a number, but this template names its variables (`parameter_format` NAMED)."
                ),
            );
        } else if !digits(name) && !named {
            findings.add(Rule::VariableStyle, place, format!("`{{{{{name}}}}}` is a name, but this template numbers its variables. Write `{{{{1}}}}`, or set `parameter_format` to NAMED."));
        } else if named && seen.contains(&name) {
            findings.add(
                Rule::VariableTwice,
                place,
                format!("`{{{{{name}}}}}` stands twice. Each named variable stands once."),
            );
        } else if let Ok(number) = name.parse()
            && !numbers.contains(&number)
        {
            numbers.push(number);
        }
        seen.push(name);
    }
    let wanted: Vec<u32> = (1..).take(numbers.len()).collect();
    if !named && numbers != wanted {
        let got: Vec<String> = numbers.iter().map(u32::to_string).collect();
        findings.add(
            Rule::VariableOrder,
            place,
            format!(
                "The variables are {}. They must be 1, 2, 3 … in the order of the text, without a gap.",
                got.join(", ")
            ),
        );
    }
}

/// Where the variables of a body stand.
fn placed(part: &Part<'_>, text: &str, scan: &Scan, findings: &mut Findings) {
    let (place, count) = (&part.place, scan.found.len());
    if count == 0 {
        return;
    }
    // Space, full stops and formatting marks are no words: review looks for text around the variable.
    let says_nothing = |piece: &str| !piece.chars().any(char::is_alphanumeric);
    let starts = scan.found.first().is_some_and(|first| says_nothing(&first.before));
    let ends = says_nothing(&scan.tail);
    let bare = |piece: &str| piece.trim_matches(|c: char| c.is_whitespace() || "*_~`".contains(c)).is_empty();
    let at_start = scan.found.first().is_some_and(|first| bare(&first.before));
    if at_start || bare(&scan.tail) {
        let which = match (at_start, bare(&scan.tail)) {
            (true, true) => "starts and ends",
            (true, false) => "starts",
            _ => "ends",
        };
        findings.add(Rule::VariableAtEdge, place, format!("The body {which} with a variable. Put words around it."));
    } else if starts || ends {
        let which = if ends { "ends" } else { "starts" };
        findings.add(
            Rule::VariableDensity,
            place,
            format!("Nothing but punctuation stands between a variable and where the body {which}. Add words there."),
        );
    }
    if scan.found.iter().skip(1).any(|found| says_nothing(&found.before) && !found.before.contains('\n')) {
        findings.add(
            Rule::VariableAdjacent,
            place,
            "Two variables stand next to each other. Put words between them, so that a reviewer sees what each is.",
        );
    }
    let words = crate::text::outside_braces(text).unicode_words().count().saturating_add(count);
    let variables = names(text).len();
    if words < variables.saturating_mul(WORDS_PER_VARIABLE) && !findings.has(Rule::VariableDensity) {
        findings.add(
            Rule::VariableDensity,
            place,
            format!("{words} words with {variables} variables among them are few: write at least {WORDS_PER_VARIABLE} words for each variable, or use fewer."),
        );
    }
}
