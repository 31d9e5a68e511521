//! Message templates (templates.md): list, write, and everything Meta lets one do with them.
//!
//! ```no_run
//! use switchboard_cloud_api::{Client, templates::{self, Component, TemplateDraft, TemplateFilter}};
//! use switchboard_domain::ids::WabaId;
//!
//! # async fn example(client: &Client) -> Result<(), switchboard_cloud_api::CallError> {
//! let waba = WabaId::new("200000000000002");
//! let text = "Your order is ready at the counter.".to_owned();
//! let body = Component::Body { text: Some(text), example: None, add_security_recommendation: None };
//! let draft = TemplateDraft {
//!     name: "order_ready".to_owned(),
//!     language: Some("en_US".to_owned()),
//!     category: "UTILITY".to_owned(),
//!     components: vec![body],
//!     ..TemplateDraft::default()
//! };
//! let created = templates::create(client, &waba, &draft).await?;
//! println!("{:?}, and its category is {:?} now", created.status, created.category);
//! for template in templates::list(client, &waba, &TemplateFilter::default()).await? {
//!     println!("{} ({})", template.name, template.language);
//! }
//! # Ok(())
//! # }
//! ```

mod check;
mod draft;
mod library;
mod life;
mod list;
mod model;
mod variables;

pub use draft::{
    Button, ButtonExample, Card, Component, Example, HeaderFormat, NamedExample, OfferText, OtpType, SupportedApp,
    TemplateDraft,
};
pub use library::{
    AuthenticationPreview, FromLibrary, LibraryBodyInputs, LibraryButtonInput, LibraryFilter, LibraryTemplate,
    LibraryUrl, PreviewRequest, authentication_previews, browse_library, create_from_library,
};
pub use life::{
    Archived, CompareWindow, Comparison, Created, DeleteWhat, MetricValue, Migrated, TemplateEdit, Unpaused, Upserted,
    archive, compare, create, delete, edit, get, migrate, set_click_tracking, unarchive, unpause,
    upsert_authentication,
};
pub use list::{TemplateFilter, TemplateSummary, list, list_page, summary};
pub use model::{QualityScore, Template, TemplateStatus};
