//! Lengths and formatting of header, body and footer (templates.md §3, §12).

use crate::findings::{Findings, Rule};
use crate::view::{Kind, Part, View};

const HEADER_CHARS: usize = 60;
const FOOTER_CHARS: usize = 60;
const BODY_CHARS: usize = 1024;
const OFFER_BODY_CHARS: usize = 600;
const SHORT_BODY_CHARS: usize = 160;

pub(crate) fn check(view: &View<'_>, findings: &mut Findings) {
    let product = view.part(Kind::Header).is_some_and(|header| header.format() == "PRODUCT");
    let body_chars = match (view.offer.is_some(), product) {
        (true, _) => OFFER_BODY_CHARS,
        (_, true) => SHORT_BODY_CHARS,
        _ => BODY_CHARS,
    };
    for part in &view.parts {
        match part.kind {
            Kind::Header => header(part, findings),
            Kind::Body => body(part, body_chars, findings),
            Kind::Footer => footer(part, findings),
            Kind::Buttons => {}
        }
    }
    for part in view.cards.iter().flatten().flat_map(|card| &card.parts) {
        match part.kind {
            Kind::Body => body(part, SHORT_BODY_CHARS, findings),
            Kind::Header if part.format() == "TEXT" => header(part, findings),
            _ => {}
        }
    }
}

/// Says so if the text is too long for its place.
fn length(place: &str, what: &str, text: &str, most: usize, findings: &mut Findings) {
    let chars = text.chars().count();
    if chars > most {
        let over = chars - most;
        findings.add(
            Rule::TooLong,
            place,
            format!("The {what} has {chars} characters; {most} are allowed. Shorten it by {over}."),
        );
    }
}

fn header(part: &Part<'_>, findings: &mut Findings) {
    let format = part.format();
    match format.as_str() {
        "TEXT" => {}
        "IMAGE" | "VIDEO" | "DOCUMENT" | "GIF" | "LOCATION" | "PRODUCT" => return,
        "" => {
            findings.add(Rule::PartEmpty, &part.place, "The header does not say what it is: text, image, video …");
            return;
        }
        other => {
            findings.add(Rule::PartEmpty, &part.place, format!("`{other}` is no kind of header."));
            return;
        }
    }
    let text = part.text().unwrap_or_default();
    if text.trim().is_empty() {
        findings.add(Rule::PartEmpty, &part.place, "The header has no text. Write one, or leave the header out.");
        return;
    }
    length(&part.place, "header", text, HEADER_CHARS, findings);
    let plain = without_marks(&one_line(text));
    if plain != text {
        findings.add_replacing(
            Rule::HeaderFormat,
            &part.place,
            "A header is one line without formatting marks (* _ ~ `).",
            &part.text_pointer(),
            &plain,
        );
    }
    if crate::style::emoji_in(text) > 0 {
        findings.add(Rule::HeaderEmoji, &part.place, "Emoji in a header are often refused. Put them into the body.");
    }
}

fn body(part: &Part<'_>, most: usize, findings: &mut Findings) {
    let text = part.text().unwrap_or_default();
    length(&part.place, "body", text, most, findings);
    let spaced = calm_spacing(text);
    if spaced != text {
        findings.add_replacing(
            Rule::BodySpacing,
            &part.place,
            "The body has tabs, more than two line breaks or more than four spaces in a row.",
            &part.text_pointer(),
            &spaced,
        );
    }
}

fn footer(part: &Part<'_>, findings: &mut Findings) {
    let text = part.text().unwrap_or_default();
    if text.trim().is_empty() {
        findings.add(Rule::PartEmpty, &part.place, "The footer has no text. Write one, or leave the footer out.");
        return;
    }
    length(&part.place, "footer", text, FOOTER_CHARS, findings);
    let line = one_line(text);
    if line != text {
        findings.add_replacing(Rule::FooterFormat, &part.place, "A footer is one line.", &part.text_pointer(), &line);
    }
}

/// Line breaks and tabs become single spaces.
fn one_line(text: &str) -> String {
    if !text.contains(['\n', '\r', '\t']) {
        return text.to_owned();
    }
    text.split(['\n', '\r', '\t']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The text without pairs of formatting marks; a mark within a variable or a word stays.
fn without_marks(text: &str) -> String {
    let mut out = text.to_owned();
    for mark in ['*', '_', '~', '`'] {
        if outside_braces(&out).matches(mark).count() > 1 {
            out = map_outside_braces(&out, |piece| piece.replace(mark, ""));
        }
    }
    out
}

/// The text without its variables, whose names may contain `_`.
pub(crate) fn outside_braces(text: &str) -> String {
    let mut out = String::new();
    map_outside_braces(text, |piece| {
        out.push_str(piece);
        String::new()
    });
    out
}

fn map_outside_braces(text: &str, mut change: impl FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, tail)) = after.split_once("}}") else { break };
        out.push_str(&change(before));
        out.push_str("{{");
        out.push_str(inside);
        out.push_str("}}");
        rest = tail;
    }
    out.push_str(&change(rest));
    out
}

/// Tabs become spaces, runs of spaces and line breaks as long as they may be.
fn calm_spacing(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut spaces, mut breaks) = (0, 0);
    for c in text.replace("\r\n", "\n").chars() {
        let c = if c == '\t' { ' ' } else { c };
        spaces = if c == ' ' { spaces + 1 } else { 0 };
        breaks = if c == '\n' { breaks + 1 } else { 0 };
        if spaces <= 4 && breaks <= 2 {
            out.push(c);
        }
    }
    out
}
