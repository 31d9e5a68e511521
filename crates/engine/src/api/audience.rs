//! Audiences and tags.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{
    AudienceChoices, AudienceColumn, AudienceCount, AudienceCountRequest, AudienceList, AudienceListAdd, ColumnValues,
    ContactTag, Nothing,
};

use crate::{Console, audience};

/// How many people an audience has.
///
/// # Errors
/// See [`audience::count`].
pub async fn audience_count(console: &Console, request: AudienceCountRequest) -> Result<AudienceCount, UiError> {
    audience::count(console, request).await
}

/// What an audience can be built from.
///
/// # Errors
/// See [`audience::choices`].
pub async fn audience_choices(console: &Console, _: Nothing) -> Result<AudienceChoices, UiError> {
    audience::choices(console).await
}

/// The commonest values of a column.
///
/// # Errors
/// See [`audience::column_values`].
pub async fn audience_column_values(console: &Console, request: AudienceColumn) -> Result<ColumnValues, UiError> {
    audience::column_values(console, request.name).await
}

/// Reads a file of numbers to choose people by.
///
/// # Errors
/// See [`audience::add_list`].
pub async fn audience_list_add(console: &Console, request: AudienceListAdd) -> Result<AudienceList, UiError> {
    audience::add_list(console, request).await
}

/// Puts a tag on people, or takes it off.
///
/// # Errors
/// See [`audience::tag`].
pub async fn contact_tag(console: &Console, request: ContactTag) -> Result<Nothing, UiError> {
    audience::tag(console, request).await
}
