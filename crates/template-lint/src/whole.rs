//! The template as a whole: name, language, category, format, validity and which components it has.

use serde_json::Value;

use crate::findings::{Findings, Rule};
use crate::view::{Kind, View};

const NAME_CHARS: usize = 512;

/// The documented language codes (templates.md §15).
const LANGUAGES: &str = "af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da \
prs_AF nl nl_BE en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_ZA et fil fi \
fr fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml \
mr nb ps_AF fa pl pt_BR pt_PT pa ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_HN es_MX es_PA es_PE \
es_ES es_UY sw sv ta te th tr uk ur uz vi zu";

pub(crate) fn check(view: &View<'_>, findings: &mut Findings) {
    name(view.name, findings);
    if view.language.is_empty() && !view.has_languages {
        findings.add(Rule::LanguageMissing, "language", "The language is missing, such as `en_US`.");
    } else if !view.language.is_empty() && !LANGUAGES.split_whitespace().any(|code| code == view.language) {
        let known: Vec<&str> = LANGUAGES
            .split_whitespace()
            .filter(|code| code.split('_').next() == view.language.split(['_', '-']).next())
            .collect();
        let hint = if known.is_empty() { String::new() } else { format!(" Meta lists {}.", known.join(", ")) };
        findings.add(
            Rule::LanguageUnknown,
            "language",
            format!("`{}` is not among the languages that Meta lists.{hint}", view.language),
        );
    }
    if !matches!(view.category.as_str(), "MARKETING" | "UTILITY" | "AUTHENTICATION") {
        findings.add(Rule::CategoryUnknown, "category", "The category must be MARKETING, UTILITY or AUTHENTICATION.");
    }
    if view.parameter_format.is_some_and(|f| !matches!(f.to_ascii_uppercase().as_str(), "NAMED" | "POSITIONAL")) {
        findings.add(Rule::ParameterFormat, "parameter_format", "The format of variables is POSITIONAL or NAMED.");
    }
    if let Some(ttl) = view.ttl {
        validity(&view.category, ttl, findings);
    }
    for kind in &view.unknown {
        findings.add(
            Rule::ComponentUnknown,
            "components",
            format!("The component `{kind}` is not documented. Meta may refuse it."),
        );
    }
    for kind in &view.twice {
        let place = kind.to_ascii_lowercase();
        findings.add(Rule::ComponentTwice, place, format!("There are two components `{kind}`; one is allowed."));
    }
    let body = view.part(Kind::Body);
    let empty = body.and_then(|b| b.text()).is_none_or(|text| text.trim().is_empty());
    if body.is_none() || (empty && view.category != crate::AUTHENTICATION) {
        findings.add(Rule::BodyMissing, "body", "The body has no text. Every template needs one.");
    }
}

fn name(name: &str, findings: &mut Findings) {
    if name.is_empty() {
        findings.add(Rule::Name, "name", "The name is missing.");
        return;
    }
    let long = name.chars().count() > NAME_CHARS;
    if !long && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return;
    }
    let fixed: String = switchboard_domain::text_fold::fold(name)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .take(NAME_CHARS)
        .collect();
    let message = "A name has small letters a–z, digits and `_`, and at most 512 of them.";
    if fixed.chars().any(|c| c != '_') {
        findings.add_replacing(Rule::Name, "name", message, "/name", &fixed);
    } else {
        findings.add(Rule::Name, "name", message);
    }
}

fn validity(category: &str, ttl: &Value, findings: &mut Findings) {
    let (range, forever) = match category {
        "AUTHENTICATION" => (30..=900, true),
        "UTILITY" => (30..=43_200, true),
        _ => (43_200..=2_592_000, false),
    };
    let seconds = ttl.as_i64();
    if seconds.is_some_and(|s| range.contains(&s) || (forever && s == -1)) {
        return;
    }
    let more = if forever { ", or -1 for 30 days" } else { "" };
    findings.add(
        Rule::Ttl,
        "message_send_ttl_seconds",
        format!("Meta tries to deliver for {} to {} seconds in this category{more}.", range.start(), range.end()),
    );
}
