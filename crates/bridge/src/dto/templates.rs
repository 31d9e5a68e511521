//! Templates: gallery and preview.

use crate::macros::shapes;

shapes! {
    /// Which templates to list.
    pub struct TemplateListRequest {
        /// Words in name or body.
        pub search: Option<String>,
        /// Only those that can be sent now.
        pub sendable_only: bool,
    }

    /// A button of a preview.
    pub struct TemplateButton {
        /// `QUICK_REPLY`, `URL` …
        pub kind: String,
        /// Label.
        pub text: String,
    }

    /// A file that a template wants.
    pub struct TemplateMedia {
        /// `header.media`, or `card0.media`.
        pub key: String,
        /// `IMAGE`, `VIDEO` or `DOCUMENT`.
        pub format: String,
    }

    /// A card of a carousel.
    pub struct TemplateCard {
        /// `IMAGE` or `VIDEO`.
        pub header_format: Option<String>,
        /// Text with its placeholders.
        pub body: String,
        /// Buttons in order.
        pub buttons: Vec<TemplateButton>,
    }

    /// A template with what a preview needs.
    pub struct TemplateRow {
        /// Meta's id.
        pub id: String,
        /// Name.
        pub name: String,
        /// Language code such as `en_US`.
        pub language: String,
        /// `marketing`, `utility`, `authentication` or a later word.
        pub category: String,
        /// The category to come, if a change is announced.
        pub correct_category: Option<String>,
        /// `APPROVED`, `PAUSED` …
        pub status: String,
        /// Whether it can be sent now.
        pub sendable: bool,
        /// Why not, one sentence.
        pub unsendable_reason: Option<String>,
        /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
        pub quality: Option<String>,
        /// `TEXT`, `IMAGE` …
        pub header_format: Option<String>,
        /// Text header with its placeholders.
        pub header_text: Option<String>,
        /// Body with its placeholders.
        pub body: String,
        /// Footer.
        pub footer: Option<String>,
        /// Buttons in order.
        pub buttons: Vec<TemplateButton>,
        /// Keys of its variables: `body.1`, `header.name`, `button0.1`.
        pub variables: Vec<String>,
        /// Files that a send must carry.
        pub media: Vec<TemplateMedia>,
        /// Cards of a carousel, in order.
        pub cards: Vec<TemplateCard>,
        /// A sample for each variable, same order, empty if Meta keeps none.
        pub samples: Vec<String>,
        /// When the console last saw it change.
        pub updated_at_ms: i64,
    }

    /// The gallery.
    pub struct TemplateList {
        /// Templates by name and language.
        pub items: Vec<TemplateRow>,
        /// When the list was last read from Meta.
        pub synced_at_ms: Option<i64>,
    }

    /// Something that happened to a template.
    pub struct TemplateEvent {
        /// When, at Meta.
        pub at_ms: i64,
        /// `status`, `quality`, `category`, `components`, `seen`.
        pub kind: String,
        /// The sentence.
        pub text: String,
    }

    /// One template with its history.
    pub struct TemplateDetail {
        /// The template.
        pub template: TemplateRow,
        /// Why it was rejected, if it was.
        pub rejected_reason: Option<String>,
        /// Its components as Meta returned them, JSON text.
        pub components_json: String,
        /// Newest first.
        pub history: Vec<TemplateEvent>,
    }

    /// What a sync found.
    pub struct TemplateSyncResult {
        /// Templates at Meta.
        pub total: u64,
        /// New here.
        pub added: u64,
        /// Changed.
        pub changed: u64,
        /// Gone.
        pub removed: u64,
    }
}
