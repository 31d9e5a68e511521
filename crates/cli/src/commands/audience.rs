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
                format!("The audience is not what it should be: {e}."),
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
}
