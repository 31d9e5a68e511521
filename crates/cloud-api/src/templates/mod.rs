//! Message templates (templates.md): list, write, and everything Meta lets one do with them.

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
