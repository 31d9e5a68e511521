//! Threads, messages, the composer.

use super::ConsentVerdict;
use crate::macros::{shapes, words};

words! {
    /// Which threads.
    pub enum ThreadFilter {
        /// All.
        All,
        /// With unread messages.
        Unread,
        /// Window open.
        Open,
    }

    /// In which order.
    pub enum ThreadSort {
        /// Last activity first.
        Newest,
        /// Window closing soonest first; closed ones last.
        ClosingSoonest,
    }

    /// Who wrote.
    pub enum Direction {
        /// The customer.
        In,
        /// We.
        Out,
    }

    /// The ticks under our messages; they never go back.
    pub enum Ticks {
        /// Not accepted yet.
        Pending,
        /// Accepted by Meta.
        Accepted,
        /// Held by pacing.
        Held,
        /// One tick.
        Sent,
        /// Two ticks.
        Delivered,
        /// Two coloured ticks.
        Read,
        /// Failed, refused or withheld; the reason is in words under the bubble.
        Failed,
        /// Outcome unknown: Meta did not say whether it took it.
        Unknown,
    }

    /// What the composer offers.
    pub enum ComposerMode {
        /// Free text.
        Open,
        /// Only a template.
        TemplateOnly,
        /// The person opted out and the window is closed: nothing.
        Locked,
    }

    /// How a media file stands.
    pub enum MediaState {
        /// Being fetched.
        Fetching,
        /// Here.
        Here,
        /// Could not be fetched and will be tried again.
        Retrying,
        /// Gone for good at Meta.
        Lost,
    }
}

shapes! {
    /// Which threads to list.
    pub struct ThreadListRequest {
        /// Which.
        pub filter: ThreadFilter,
        /// Order.
        pub sort: ThreadSort,
        /// Name or text.
        pub search: Option<String>,
        /// First row, from 0.
        pub offset: u64,
        /// Rows wanted, at most 200.
        pub limit: u32,
    }

    /// A thread in the list.
    pub struct ThreadRow {
        /// The person; a thread is the conversation with one person.
        pub contact_id: String,
        /// Name, or username, or number.
        pub name: String,
        /// First words of the last message.
        pub last_line: String,
        /// Who wrote it.
        pub last_direction: Direction,
        /// Ticks, if it was us.
        pub last_ticks: Option<Ticks>,
        /// When.
        pub last_at_ms: i64,
        /// Unread messages.
        pub unread: u32,
        /// When the window closes; none or past = closed.
        pub window_closes_at_ms: Option<i64>,
        /// The person opted out.
        pub opted_out: bool,
    }

    /// A page of threads.
    pub struct ThreadPage {
        /// Threads.
        pub rows: Vec<ThreadRow>,
        /// Threads in all under this filter.
        pub total: u64,
    }

    /// One thread.
    pub struct ThreadGet {
        /// The person.
        pub contact_id: String,
        /// Messages before this time; none = the newest.
        pub before_ms: Option<i64>,
        /// Messages wanted, at most 200.
        pub limit: u32,
    }

    /// A file in a message.
    pub struct MessageMedia {
        /// For the address `media://localhost/<id>`.
        pub media_file_id: String,
        /// `image`, `video`, `audio`, `document`, `sticker`.
        pub kind: String,
        /// MIME type.
        pub mime_type: Option<String>,
        /// File name, for documents, without what could deceive or harm.
        pub file_name: Option<String>,
        /// A safe name to save it under.
        pub save_as: String,
        /// How it stands.
        pub state: MediaState,
    }

    /// Opens a message's file with the program that the system has for it.
    pub struct MediaOpen {
        /// As in [`MessageMedia::media_file_id`].
        pub media_file_id: String,
        /// The operator was told that it may run a program and wants it all the same.
        pub even_a_program: bool,
    }

    /// What came of it.
    pub struct MediaOpened {
        /// Whether it was handed to a program; if not, it may run one itself and nobody has confirmed that.
        pub opened: bool,
        /// Its safe name.
        pub file_name: String,
    }

    /// Saves a message's file where the operator chose.
    pub struct MediaSave {
        /// As in [`MessageMedia::media_file_id`].
        pub media_file_id: String,
        /// Full path; a file that is there is replaced.
        pub path: String,
    }

    /// A message that a message answers.
    pub struct QuotedMessage {
        /// Who wrote it.
        pub direction: Direction,
        /// First words.
        pub text: String,
    }

    /// One message.
    pub struct ThreadMessage {
        /// Our id.
        pub id: String,
        /// Who wrote.
        pub direction: Direction,
        /// `text`, `image`, `template`, `button`, `reaction`, `unsupported` …
        pub kind: String,
        /// Text, caption, or a sentence about what cannot be shown.
        pub text: String,
        /// Text header, for templates.
        pub header: Option<String>,
        /// Footer, for templates.
        pub footer: Option<String>,
        /// Buttons, for templates.
        pub buttons: Vec<String>,
        /// File.
        pub media: Option<MessageMedia>,
        /// What it answers.
        pub quoted: Option<QuotedMessage>,
        /// The customer's reaction to it.
        pub reaction: Option<String>,
        /// Ticks, for ours.
        pub ticks: Option<Ticks>,
        /// Why it failed, in plain words.
        pub failure: Option<String>,
        /// Campaign it belongs to.
        pub campaign: Option<String>,
        /// When.
        pub at_ms: i64,
        /// This message was read as an opt-out.
        pub opt_out: bool,
    }

    /// What the composer offers and why.
    pub struct Composer {
        /// Mode.
        pub mode: ComposerMode,
        /// The sentence above it: window, opt-out with its date, missing number.
        pub sentence: String,
        /// Whether a template may be sent, per category.
        pub templates: Vec<ConsentVerdict>,
    }

    /// A thread.
    pub struct ThreadDetail {
        /// As in the list.
        pub row: ThreadRow,
        /// E.164, if known.
        pub phone: Option<String>,
        /// Oldest first.
        pub messages: Vec<ThreadMessage>,
        /// Older ones exist.
        pub has_older: bool,
        /// The composer.
        pub composer: Composer,
    }

    /// Answer inside the window.
    pub struct MessageReply {
        /// The person.
        pub contact_id: String,
        /// Text, at most 4096 characters (messages.md §4).
        pub text: String,
        /// Our id of the message it answers.
        pub quote_message_id: Option<String>,
        /// Made once per press of the button.
        pub idempotency_key: String,
    }

    /// A template to one person.
    pub struct MessageSendTemplate {
        /// The person.
        pub contact_id: String,
        /// The template.
        pub template_id: String,
        /// Variable key and value.
        pub values: Vec<super::Attribute>,
        /// Made once per press of the button.
        pub idempotency_key: String,
    }

    /// Open a thread with a number or a person.
    pub struct ChatStart {
        /// The person, if known.
        pub contact_id: Option<String>,
        /// Or a number as typed.
        pub phone: Option<String>,
        /// Name for a new person.
        pub name: Option<String>,
    }
}
