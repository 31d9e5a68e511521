//! Message templates (templates.md).

mod list;
mod model;

pub use list::{TemplateFilter, TemplateSummary, list, list_page, summary};
pub use model::{QualityScore, Template, TemplateStatus};
