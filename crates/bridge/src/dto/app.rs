//! The program itself: profiles, settings, status, today, diagnostics.

use super::{CampaignRow, Hours, RelayStatus, StatusAudit};
use crate::UiError;
use crate::macros::{shapes, words};

words! {
    /// Practice or the real thing.
    pub enum ProfileKind {
        /// The built-in simulator: nothing leaves this computer.
        Practice,
        /// A real business portfolio.
        Real,
    }

    /// Light or dark.
    pub enum Theme {
        /// As the system says.
        System,
        /// Always light.
        Light,
        /// Always dark.
        Dark,
    }

    /// How much room rows take.
    pub enum Density {
        /// Roomy.
        Comfortable,
        /// Tight.
        Compact,
    }

    /// What closing the window does while something runs.
    pub enum OnClose {
        /// Ask once.
        Ask,
        /// Go on in the tray.
        Tray,
        /// Pause what runs and quit.
        PauseAndQuit,
    }

    /// What kind of attention a line asks for.
    pub enum Severity {
        /// Good news or plain information.
        Calm,
        /// Wants a look.
        Attention,
        /// Something stands still or is in danger.
        Trouble,
    }

    /// Where a line of Today leads.
    pub enum TodayTarget {
        /// The inbox, people who wait.
        InboxWaiting,
        /// The inbox, windows that close soon.
        InboxClosing,
        /// One campaign (`target_id`).
        Campaign,
        /// Templates.
        Templates,
        /// One contact (`target_id`).
        Contact,
        /// Account checklist in Settings.
        Account,
        /// Relay in Settings.
        Relay,
        /// Import.
        Import,
        /// Sends whose outcome is unknown.
        UnknownSends,
    }
}

shapes! {
    /// A profile on this machine.
    pub struct ProfileSummary {
        /// Folder name and key of the profile.
        pub name: String,
        /// Practice or real.
        pub kind: ProfileKind,
        /// Business name as people see it, if known.
        pub business_name: Option<String>,
        /// The sending number as people read it, if known.
        pub display_phone_number: Option<String>,
    }

    /// A pairing link that the system handed to the program.
    pub struct OfferedLink {
        /// The link: it holds a code that works once, no key.
        pub link: String,
        /// Rises with every link that is opened, so that the window shows each once, the same one too.
        pub number: u64,
    }

    /// What the window needs before it shows anything.
    pub struct AppStatus {
        /// Program version.
        pub version: String,
        /// The open profile.
        pub profile: Option<ProfileSummary>,
        /// Profiles on this machine.
        pub profiles: Vec<ProfileSummary>,
        /// Nothing was ever opened here: show the first start.
        pub first_start: bool,
        /// Whether this process holds the engine role of the open profile; if not, another one sends and listens.
        pub holds_engine_role: bool,
        /// A file given on the command line or dropped on the icon, waiting to be imported.
        pub pending_file: Option<String>,
        /// A pairing link that the program was opened with, to be shown once and confirmed.
        pub pending_link: Option<OfferedLink>,
        /// Something the operator must know about this start (a copied database, an unclean end), one sentence.
        pub notice: Option<String>,
        /// The account that the start asked for is being opened.
        pub opening: bool,
        /// Why the account that the start asked for is not open.
        pub start_failure: Option<UiError>,
        /// Sequence number of the change log at this moment.
        pub change_seq: u64,
    }

    /// Opens a profile by name.
    pub struct ProfileOpen {
        /// As in [`ProfileSummary::name`].
        pub name: String,
    }

    /// Copies contacts with their consent, never their practice outcomes, into the open profile.
    pub struct ProfileTakeContacts {
        /// The profile to take them from, for example `practice`.
        pub from: String,
    }

    /// What was taken along.
    pub struct TakenContacts {
        /// People new here.
        pub added: u64,
        /// People already here.
        pub known: u64,
    }

    /// What an operator can set. Kept per profile.
    pub struct Settings {
        /// Light or dark.
        pub theme: Theme,
        /// Row height.
        pub density: Density,
        /// Size of everything in the window, percent, 50 to 300.
        pub zoom_percent: u16,
        /// BCP 47 tag of the interface language, `system` to follow the system.
        pub language: String,
        /// Country in which numbers without a country code are read, ISO alpha-2.
        pub default_region: Option<String>,
        /// What closing the window does while something runs.
        pub on_close: OnClose,
        /// Native notifications for new messages.
        pub notify_messages: bool,
        /// The operator's own ceiling, messages per second, below whatever Meta allows.
        pub max_send_rate: Option<u32>,
        /// Send one confirmation after an opt-out in the chat.
        pub confirm_opt_out: bool,
        /// Wording of that confirmation.
        pub opt_out_confirmation: String,
        /// Days that a number that could not be reached (131026) is left out of campaigns.
        pub unreachable_hold_days: u32,
        /// The operator's own phones, E.164, for test sends.
        pub test_phones: Vec<String>,
        /// Where the shop is: a zone of the tz database such as `America/Toronto`; none = where this computer is.
        pub shop_zone: Option<String>,
        /// At most so many marketing messages to one person, over all campaigns; none = no cap.
        pub cap_messages: Option<u32>,
        /// … in so many days.
        pub cap_days: u32,
        /// Hours in which campaigns write to nobody, by the recipient's clock.
        pub quiet_hours: Option<Hours>,
        /// Cap and quiet hours hold for utility campaigns too.
        pub rules_for_utility: bool,
        /// Share of the portfolio's 24-hour limit that marketing campaigns leave to utility, percent.
        pub utility_reserve_percent: u32,
        /// What all campaigns may cost in a calendar month, decimal text in the account's currency; none = no limit.
        pub month_budget: Option<String>,
    }

    /// Asks for changes after a sequence number.
    pub struct ChangesSince {
        /// The window's newest number.
        pub seq: u64,
    }

    /// One line of Today, with its one action.
    pub struct TodayItem {
        /// Stable word for the kind of line, `paused_campaign`, `relay_silent`, `opt_out_to_decide` ….
        pub kind: String,
        /// How urgent.
        pub severity: Severity,
        /// The sentence.
        pub text: String,
        /// Label of its action.
        pub action: String,
        /// Where the action leads.
        pub target: TodayTarget,
        /// Which one, if the target is one thing.
        pub target_id: Option<String>,
        /// How many things the line speaks of.
        pub count: u64,
    }

    /// Answers "does anything need me?".
    pub struct Today {
        /// Lines, most urgent first; empty means nothing is wrong.
        pub items: Vec<TodayItem>,
        /// Campaigns that run or are paused.
        pub running: Vec<CampaignRow>,
        /// Messages of ours that Meta accepted since midnight yesterday until midnight today, in local time.
        pub yesterday_sent: u64,
        /// Of those, delivered.
        pub yesterday_delivered: u64,
        /// Of those, read.
        pub yesterday_read: u64,
        /// People who wrote to us in that time.
        pub yesterday_replied: u64,
        /// The same four since midnight today.
        pub today_sent: u64,
        /// Delivered since midnight today.
        pub today_delivered: u64,
        /// Read since midnight today.
        pub today_read: u64,
        /// People who wrote since midnight today.
        pub today_replied: u64,
        /// People in the address book at all.
        pub contacts: u64,
    }

    /// The line at the bottom of the window.
    pub struct StatusBar {
        /// Own number as people read it.
        pub display_phone_number: Option<String>,
        /// `GREEN`, `YELLOW`, `RED`, `NA`, `UNKNOWN` or a word of a later platform.
        pub quality_rating: Option<String>,
        /// People reached outside a window in the last 24 h by this profile: "at least", others may send too.
        pub limit_used: u64,
        /// The portfolio's messaging limit; none = unlimited or unknown.
        pub limit_max: Option<u64>,
        /// Messages accepted in the last second.
        pub sending_per_second: f64,
        /// Messages not yet sent in running campaigns.
        pub queued: u64,
        /// The relay.
        pub relay: RelayStatus,
        /// Threads with unread messages.
        pub unread_threads: u64,
        /// Whether the account is practice.
        pub practice: bool,
    }

    /// What a background task did last.
    pub struct TaskStatus {
        /// `sender`, `relay_pull`, `template_sync`, `media_fetch`, `housekeeping` ….
        pub name: String,
        /// When it last ran.
        pub last_run_at_ms: Option<i64>,
        /// What came of it, one sentence without personal data.
        pub last_result: Option<String>,
        /// Whether that was a failure.
        pub failed: bool,
    }

    /// For the page Diagnostics.
    pub struct Diagnostics {
        /// Program version.
        pub version: String,
        /// Schema version of the database.
        pub schema_version: u32,
        /// Folder of the profile.
        pub data_dir: String,
        /// Folder of the logs.
        pub log_dir: String,
        /// Where the secrets are: `keychain`, `file`, `practice`.
        pub secret_store: String,
        /// Graph host and version in use.
        pub graph: String,
        /// Background tasks.
        pub tasks: Vec<TaskStatus>,
        /// Webhook events applied.
        pub events_applied: u64,
        /// Webhook events kept raw because they were not understood.
        pub events_unknown: u64,
        /// Statuses that are overdue, and what Meta's message history told of them.
        pub audit: StatusAudit,
        /// Difference between this machine's clock and Graph's `Date`, in ms, if known.
        pub clock_skew_ms: Option<i64>,
    }

    /// A part of the window could not be drawn. Carries no personal data: names of our own components only.
    pub struct WindowFault {
        /// The kind of screen, for example `/contacts/$contactId`.
        pub place: String,
        /// Name of the error's type.
        pub error: String,
        /// Which components were being drawn.
        pub components: String,
    }

    /// The operator's answer when the window closes while something runs.
    pub struct WindowCloseDecide {
        /// What to do.
        pub choice: OnClose,
        /// Do not ask again.
        pub remember: bool,
    }
}
