//! Finding the entry of an error.

use super::class::{AfterSend, Backoff, ErrorClass, ErrorScope};
use super::{table_accounts, table_sending, table_templates};

/// What we know about one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorEntry {
    /// The code, or the subcode where `by_subcode`.
    pub code: i64,
    /// Whether Meta puts this number into `error_subcode` (errors.md §7, §8).
    pub by_subcode: bool,
    /// What kind of trouble.
    pub class: ErrorClass,
    /// Whom it concerns.
    pub scope: ErrorScope,
    /// How long to wait.
    pub backoff: Backoff,
    /// What it says about a send.
    pub after_send: AfterSend,
    /// What happened, for the operator.
    pub sentence: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

impl ErrorEntry {
    /// Whether a send that got this error may be repeated by itself after the wait (errors.md §11).
    pub const fn safe_to_repeat(&self) -> bool {
        matches!(self.after_send, AfterSend::SafeToRepeat)
    }

    /// An entry that refuses and does not repeat; the builders below change that.
    pub(super) const fn new(
        code: i64,
        class: ErrorClass,
        scope: ErrorScope,
        sentence: &'static str,
        remedy: &'static str,
    ) -> Self {
        Self {
            code,
            by_subcode: false,
            class,
            scope,
            backoff: Backoff::None,
            after_send: AfterSend::Refused,
            sentence,
            remedy,
        }
    }

    pub(super) const fn sub(mut self) -> Self {
        self.by_subcode = true;
        self
    }

    pub(super) const fn wait(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    pub(super) const fn repeatable(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self.after_send = AfterSend::SafeToRepeat;
        self
    }

    pub(super) const fn unclear(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self.after_send = AfterSend::Unclear;
        self
    }
}

/// A code nobody documented: shown with Meta's details, treated as ours to fix (errors.md §10).
static UNKNOWN_CODE: ErrorEntry = ErrorEntry::new(
    -1,
    ErrorClass::Fix,
    ErrorScope::Message,
    "Meta refused this with a code that is not documented.",
    "Read Meta's own text beside it; the code and trace are kept for Meta's support.",
);

/// An undocumented code that says of itself that it passes, or came with a server error.
static UNKNOWN_TRANSIENT: ErrorEntry = ErrorEntry::new(
    -1,
    ErrorClass::Transient,
    ErrorScope::Message,
    "Meta reported a passing failure with a code that is not documented.",
    "Try again later; if it stays, give the trace to Meta's support.",
)
.unclear(Backoff::Exponential { first_s: 5, factor: 2, cap_s: 300 });

/// A documented refusal that Meta marked as passing: the class and sentence of a passing failure, and unclear.
static MARKED_TRANSIENT: ErrorEntry = ErrorEntry::new(
    -1,
    ErrorClass::Transient,
    ErrorScope::Message,
    "Meta reported a failure that it says will pass.",
    "Wait for the status of this message before doing anything about it.",
)
.unclear(Backoff::Exponential { first_s: 5, factor: 2, cap_s: 300 });

/// 200–299 without an entry of their own are API permissions (errors.md §2).
static PERMISSION_RANGE: ErrorEntry = ErrorEntry::new(
    200,
    ErrorClass::AccountStop,
    ErrorScope::Account,
    "The access token lacks a permission for this.",
    "Check the token's scopes and that the system user is assigned to this WhatsApp account.",
);

/// 138000–138018 are about calling (errors.md §5).
static CALLING_RANGE: ErrorEntry = ErrorEntry::new(
    138_000,
    ErrorClass::Fix,
    ErrorScope::Recipient,
    "This concerns calls, which this console does not make.",
    "Check the calling settings of the number in WhatsApp Manager.",
);

/// 139000–139004 are about Flows (errors.md §9).
static FLOW_RANGE: ErrorEntry = ErrorEntry::new(
    139_000,
    ErrorClass::Fix,
    ErrorScope::Template,
    "Meta refused the flow that this message opens.",
    "Check the flow's state in WhatsApp Manager.",
);

/// All entries, for listing and for tests.
pub fn all_entries() -> impl Iterator<Item = &'static ErrorEntry> {
    table_sending::ENTRIES.iter().chain(table_templates::ENTRIES).chain(table_accounts::ENTRIES)
}

/// The entry of a documented code.
pub fn look_up_code(code: i64) -> Option<&'static ErrorEntry> {
    all_entries().find(|e| e.code == code && !e.by_subcode).or(match code {
        200..=299 => Some(&PERMISSION_RANGE),
        138_000..=138_018 => Some(&CALLING_RANGE),
        139_000..=139_004 => Some(&FLOW_RANGE),
        _ => None,
    })
}

fn look_up_subcode(subcode: i64) -> Option<&'static ErrorEntry> {
    all_entries().find(|e| e.code == subcode && e.by_subcode)
}

/// The entry that fits: by subcode where Meta is known to tell the reason there, else by code, else by what
/// the answer says of itself. `details` decides where one code has two meanings.
pub fn lookup(
    code: i64,
    subcode: Option<i64>,
    http_status: Option<u16>,
    is_transient: bool,
    details: Option<&str>,
) -> &'static ErrorEntry {
    if let Some(entry) = subcode.and_then(look_up_subcode) {
        return entry;
    }
    let server_error = http_status.is_some_and(|s| s >= 500);
    match look_up_code(code) {
        Some(entry) if entry.code == 100 => table_sending::parameter_entry(details).unwrap_or(entry),
        // A refusal that calls itself transient is not one (errors.md §11); a class that waits anyway stays.
        Some(entry) if is_transient && entry.after_send == AfterSend::Refused && entry.class == ErrorClass::Fix => {
            &MARKED_TRANSIENT
        }
        Some(entry) => entry,
        None if is_transient || server_error => &UNKNOWN_TRANSIENT,
        None => &UNKNOWN_CODE,
    }
}
