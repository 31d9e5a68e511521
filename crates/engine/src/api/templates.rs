//! Templates.

use switchboard_bridge::dto::{ById, Nothing, TemplateDetail, TemplateList, TemplateListRequest, TemplateSyncResult};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::ids::TemplateId;

use crate::{Console, EngineError, template_sync, templates};

/// The gallery.
///
/// # Errors
/// A store error's sentence.
pub async fn template_list(console: &Console, request: TemplateListRequest) -> Result<TemplateList, UiError> {
    Ok(console.store().read(move |conn| templates::list(conn, &request)).await.map_err(EngineError::Store)?)
}

/// One template with its history.
///
/// # Errors
/// `NotFound`.
pub async fn template_get(console: &Console, request: ById) -> Result<TemplateDetail, UiError> {
    let id = TemplateId::new(request.id);
    console.store().read(move |conn| templates::detail(conn, &id)).await.map_err(EngineError::Store)?.ok_or_else(|| {
        UiError::new(
            UiErrorCode::NotFound,
            "This template is not known here.",
            "Read the list from Meta again; it may be new or deleted.",
        )
    })
}

/// Reads the list from Meta now.
///
/// # Errors
/// As [`template_sync::sync`].
pub async fn template_sync(console: &Console, _: Nothing) -> Result<TemplateSyncResult, UiError> {
    template_sync::sync(console).await
}
