//! Whom a campaign is for, from a JSON file or from flags, and what it can be built from.

use serde_json::{Value, json};
use switchboard_bridge::UiError;
use switchboard_bridge::dto::{
    Audience, AudienceColumn, AudienceCountRequest, AudienceFilter, AudienceGroup, AudienceItem, AudienceJoin,
    AudienceKind, AudienceListAdd, AudienceTest, CampaignRecipientsRequest, Nothing,
};
use switchboard_engine::{Console, api};

use super::document;
use crate::arguments::{AudienceFlags, CampaignPeople};
use crate::output::{page, usage};
use crate::session::stdin;

/// What serde says about a document, without what somebody wrote as a value: it may be a number or a text. Names of fields
/// and the words that are allowed stay.
pub(super) fn without_values(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = if text.starts_with("unknown variant ") {
        "a word that is not known"
    } else if text.starts_with("invalid type: ") || text.starts_with("invalid value: ") {
        "a value of the wrong kind"
    } else {
        return text;
    };
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("{what}, expected {expected}"),
        None => format!("{what} at line {}, column {}", error.line(), error.column()),
    }
}

/// A file, or standard input for `-`.
pub(super) fn text_of(file: &str, what: &str) -> Result<String, UiError> {
    if file == "-" {
        return stdin();
    }
    std::fs::read_to_string(file)
        .map_err(|_| usage(format!("The {what} cannot be read."), "Name a JSON file, or - for standard input."))
}

/// The audience of the flags; `None`: none was given.
pub(super) fn audience_of(flags: &AudienceFlags) -> Result<Option<Audience>, UiError> {
    let plain = |kind| Audience { kind, import_ids: Vec::new(), contact_ids: Vec::new(), filter: None };
    if let Some(file) = &flags.audience {
        let text = text_of(file, "audience")?;
        return serde_json::from_str(&text).map(Some).map_err(|e| {
            usage(
                format!("The audience is not what it should be: {}.", without_values(&e)),
                "docs/campaign-audience.md shows every condition.",
            )
        });
    }
    if flags.everybody {
        return Ok(Some(plain(AudienceKind::Everybody)));
    }
    let mut items = Vec::new();
    if !flags.import.is_empty() {
        items.push(AudienceItem { not: false, test: AudienceTest::Import { import_ids: flags.import.clone() } });
    }
    if !flags.tag.is_empty() {
        items.push(AudienceItem { not: false, test: AudienceTest::Tag { tags: flags.tag.clone() } });
    }
    if !flags.not_tag.is_empty() {
        items.push(AudienceItem { not: true, test: AudienceTest::Tag { tags: flags.not_tag.clone() } });
    }
    if items.is_empty() {
        return Ok(None);
    }
    let filter = AudienceFilter { v: 1, group: AudienceGroup { join: AudienceJoin::All, items } };
    Ok(Some(Audience { filter: Some(filter), ..plain(AudienceKind::Filter) }))
}

pub(super) async fn count(console: &Console, flags: AudienceFlags) -> Result<Value, UiError> {
    let audience = audience_of(&flags)?
        .ok_or_else(|| usage("No audience was given.", "Use --audience FILE, --everybody, --import or --tag."))?;
    let counted = api::audience_count(console, AudienceCountRequest { audience, some: 0 }).await?;
    if let Some(problem) = counted.problem {
        return Err(usage(problem, "docs/campaign-audience.md shows every condition."));
    }
    Ok(json!({ "people": counted.people, "may_market": counted.may_market }))
}

pub(super) async fn choices(console: &Console, column: Option<String>) -> Result<Value, UiError> {
    match column {
        Some(name) => document(&api::audience_column_values(console, AudienceColumn { name }).await?),
        None => document(&api::audience_choices(console, Nothing {}).await?),
    }
}

pub(super) async fn list_add(
    console: &Console,
    file: std::path::PathBuf,
    region: Option<String>,
) -> Result<Value, UiError> {
    let path = file.to_string_lossy().into_owned();
    document(&api::audience_list_add(console, AudienceListAdd { path, region }).await?)
}

pub(super) async fn people(console: &Console, asked: CampaignPeople) -> Result<Value, UiError> {
    let CampaignPeople { id, state, reason, after, limit } = asked;
    let request = CampaignRecipientsRequest { id, state, reason, offset: after, limit };
    let found = api::campaign_recipients(console, request).await?;
    Ok(page(document(&found.rows)?, after, found.total))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn flags_make_the_audience_that_they_say() {
        let flags = AudienceFlags {
            tag: vec!["Regular".to_owned()],
            not_tag: vec!["Staff".to_owned()],
            ..AudienceFlags::default()
        };
        let audience = serde_json::to_value(audience_of(&flags).unwrap().unwrap()).unwrap();
        assert_eq!(
            audience.pointer("/filter/group"),
            Some(&json!({ "join": "all", "items": [
                { "not": false, "test": { "kind": "tag", "tags": ["Regular"] } },
                { "not": true, "test": { "kind": "tag", "tags": ["Staff"] } },
            ] }))
        );
        assert!(audience_of(&AudienceFlags::default()).unwrap().is_none());
    }

    #[test]
    fn a_draft_with_a_slip_in_a_name_is_refused_with_the_names_that_are_known() {
        use switchboard_bridge::dto::CampaignDraft;
        let draft = |audience: &str, rules: &str| {
            let json = format!(
                r#"{{"name":"n","values":[],"audience":{audience},"rules":{rules},"template_id":null,"phone_number_id":null}}"#
            );
            serde_json::from_str::<CampaignDraft>(&json).map_err(|e| without_values(&e))
        };
        let filter =
            |item: &str| format!(r#"{{"kind":"filter","filter":{{"v":1,"group":{{"join":"all","items":[{item}]}}}}}}"#);
        let everybody = r#"{"kind":"everybody"}"#;
        assert!(draft(everybody, "{}").is_ok());
        let tag = r#"{"test":{"kind":"tag","tags":["x"]}}"#;
        assert!(draft(&filter(tag), r#"{"budget":"1.00"}"#).is_ok());
        for (audience, rules, name) in [
            (everybody.to_owned(), r#"{"budgett":"1.00"}"#, "budgett"),
            (filter(r#"{"nott":true,"test":{"kind":"tag","tags":["x"]}}"#), "{}", "nott"),
            (filter(r#"{"test":{"kind":"contacted","within_day":30}}"#), "{}", "within_day"),
            (
                filter(r#"{"test":{"kind":"attribute","name":"City","value":{"op":"present","values":["Oslo"]}}}"#),
                "{}",
                "values",
            ),
            (r#"{"kind":"everybody","import_id":["a"]}"#.to_owned(), "{}", "import_id"),
        ] {
            let said = draft(&audience, rules).unwrap_err();
            assert!(said.contains("unknown field") && said.contains(&format!("`{name}`")), "{said}");
        }
        let wrong = draft(r#"{"kind":"+14165550123"}"#, "{}").unwrap_err();
        assert!(wrong.contains("expected one of `everybody`, `imports`") && !wrong.contains("555"), "{wrong}");
        let wrong = draft(everybody, r#"{"not_written_days":"+14165550123"}"#).unwrap_err();
        assert!(wrong.contains("expected u32") && !wrong.contains("555"), "{wrong}");
    }
}
