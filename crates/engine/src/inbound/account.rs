//! What Meta says about the account and its numbers: a notice for Today and the timeline, and the number's own row.

use sha2::{Digest, Sha256};
use switchboard_cloud_api::account::MessagingLimit;
use switchboard_cloud_api::errors::GraphError;
use switchboard_cloud_api::webhooks::{
    AccountAlert, AccountReview, AccountUpdate, BusinessCapability, BusinessUsername, Event, PhoneNumberName,
    PhoneNumberQuality, Security,
};
use switchboard_domain::time::UnixMillis;
use switchboard_store::WriteTx;
use switchboard_store::tables::account_events::{self, NewAccountEvent};
use switchboard_store::tables::{account_stops, campaigns, phone_numbers};

use super::{Applied, Arrival, NotApplied, event_time};
use crate::sender::{Consequences, Stops};

/// How much a notice asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Calm,
    Attention,
    Trouble,
}

impl Weight {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Attention => "attention",
            Self::Trouble => "trouble",
        }
    }
}

/// What is noted, and what it changes besides.
#[derive(Debug)]
pub(super) struct Notice {
    /// How much it asks for.
    pub weight: Weight,
    /// The sentence.
    pub text: String,
    /// The portfolio's new messaging limit.
    pub limit: Option<MessagingLimit>,
    /// The number may send faster from now on.
    pub faster: bool,
    /// What stands still until a person acts.
    pub stops: Option<Stop>,
    /// A kind of notice that this version does not know.
    pub unknown: Option<String>,
}

/// A stop that Meta's notice brings (errors.md §10): what it covers, and what is to be done.
#[derive(Debug)]
pub(super) struct Stop {
    /// Everything, or what the number sends.
    pub scope: Stops,
    /// The code, if it came as an error.
    pub code: Option<i64>,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
}

impl From<(Weight, String)> for Notice {
    fn from((weight, text): (Weight, String)) -> Self {
        Self { weight, text, limit: None, faster: false, stops: None, unknown: None }
    }
}

/// Carries a notice out.
pub(super) fn apply(
    tx: &mut WriteTx<'_>,
    event: &Event,
    notice: &Notice,
    arrival: Arrival,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let at = event_time(event, None, arrival);
    if let Some(limit) = &notice.limit {
        phone_numbers::set_messaging_limit(tx, limit.as_str(), at)?;
    }
    if notice.faster
        && let Some(number) = event.envelope.display_phone_number.as_deref()
        && let Some(id) = phone_numbers::find_by_digits(tx, number)?
    {
        phone_numbers::set_throughput_level(tx, &id, "HIGH", at)?;
    }
    if let Some(stop) = &notice.stops {
        let number = match stop.scope {
            Stops::Account => None,
            Stops::Number => event.envelope.phone_number_id.as_ref(),
        };
        account_stops::open(tx, stop.code, number, &stop.sentence, &stop.remedy)?;
        campaigns::pause_all(tx, number, "account_stop", &stop.sentence)?;
        applied.sends = true;
    }
    // Numbers and account carry more than the webhook says; read them again.
    applied.account = true;
    append(tx, event, at, notice.weight, &notice.text)?;
    Ok(tx.touch("account")?)
}

/// The account changed.
pub(super) fn of_update(update: &AccountUpdate) -> Notice {
    let (weight, text) = account_update(update);
    let stops = nothing_may_be_sent(update).then(|| Stop {
        scope: Stops::Account,
        code: None,
        sentence: text.clone(),
        remedy: "See WhatsApp Manager for the reason and how to appeal, then clear this stop.".to_owned(),
    });
    let event = update.event.as_deref().unwrap_or_default();
    let unknown = (!ACCOUNT_UPDATES.contains(&event)).then(|| event.to_owned());
    Notice { stops, unknown, ..(weight, text).into() }
}

/// Whether the account cannot send templates any more (webhooks.md §7.2).
fn nothing_may_be_sent(update: &AccountUpdate) -> bool {
    match update.event.as_deref().unwrap_or_default() {
        "ACCOUNT_DELETED" => true,
        "ACCOUNT_RESTRICTION" => update.restriction_info.iter().any(|r| {
            matches!(
                r.restriction_type.as_deref(),
                Some("RESTRICTED_BIZ_INITIATED_MESSAGING" | "RESTRICTED_CUSTOMER_INITIATED_MESSAGING")
            )
        }),
        "DISABLED_UPDATE" => {
            update.ban_info.as_ref().and_then(|b| b.waba_ban_state.as_deref()).is_some_and(|state| state == "DISABLE")
        }
        _ => false,
    }
}

/// Everything that is told about an account (webhooks.md §7.2).
const ACCOUNT_UPDATES: [&str; 17] = [
    "ACCOUNT_DELETED",
    "ACCOUNT_VIOLATION",
    "ACCOUNT_RESTRICTION",
    "DISABLED_UPDATE",
    "ACCOUNT_OFFBOARDED",
    "ACCOUNT_RECONNECTED",
    "PARTNER_ADDED",
    "PARTNER_REMOVED",
    "PARTNER_APP_INSTALLED",
    "PARTNER_APP_UNINSTALLED",
    "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE",
    "AD_ACCOUNT_LINKED",
    "MM_LITE_TERMS_SIGNED",
    "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE",
    "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE",
    "VOLUME_BASED_PRICING_TIER_UPDATE",
    "VERIFIED_ACCOUNT",
];

/// The account's review ended.
pub(super) fn of_review(review: &AccountReview) -> Notice {
    match review.decision.as_deref().unwrap_or_default() {
        "APPROVED" => (Weight::Calm, "Meta approved the account.".to_owned()),
        "REJECTED" => (
            Weight::Trouble,
            "Meta rejected the account in its review; nothing can be sent. WhatsApp Manager shows why and how to appeal.".to_owned(),
        ),
        other => (Weight::Attention, format!("Meta's review of the account: {}.", lower(other))),
    }
    .into()
}

/// A limit decision, the blue tick, a lost picture.
pub(super) fn of_alert(alert: &AccountAlert) -> Notice {
    let info = alert.alert();
    let weight = match info.alert_severity.as_deref() {
        Some("CRITICAL") => Weight::Trouble,
        Some("WARNING") => Weight::Attention,
        _ => Weight::Calm,
    };
    let what = info.alert_type.as_deref().map(lower).unwrap_or_default();
    (weight, info.alert_description.clone().unwrap_or_else(|| format!("Meta's alert: {what}."))).into()
}

/// An error that concerns the number or account.
pub(super) fn of_error(error: &GraphError) -> Notice {
    let advice = error.advice();
    let stops = Consequences::of(error).stops.map(|scope| Stop {
        scope,
        code: Some(error.code),
        sentence: advice.sentence.to_owned(),
        remedy: advice.remedy.to_owned(),
    });
    let weight = if stops.is_some() { Weight::Trouble } else { Weight::Attention };
    Notice { stops, ..(weight, format!("{} {}", advice.sentence, advice.remedy)).into() }
}

/// The portfolio's limit.
pub(super) fn of_capability(capability: &BusinessCapability) -> Notice {
    let limit = capability.max_daily_conversations_per_business.clone();
    let text = match limit.as_ref().and_then(MessagingLimit::users) {
        Some(users) => format!("Your messaging limit is now {users} people in 24 hours."),
        None if limit.is_some() => "Your messaging limit was lifted.".to_owned(),
        None => "Meta changed how many numbers you may have.".to_owned(),
    };
    Notice { limit, ..(Weight::Calm, text).into() }
}

/// A number's throughput or limit.
pub(super) fn of_quality(quality: &PhoneNumberQuality, number: &str) -> Notice {
    let event = quality.event.as_deref().unwrap_or_default();
    let (weight, text) = match event {
        "THROUGHPUT_UPGRADE" => (Weight::Calm, format!("{number} may now send faster.")),
        "FLAGGED" => {
            (Weight::Trouble, format!("Meta flagged {number} for low quality. Send less and better targeted messages."))
        }
        "UNFLAGGED" => (Weight::Calm, format!("{number} is no longer flagged.")),
        "DOWNGRADE" => (Weight::Attention, format!("The messaging limit of {number} was lowered.")),
        "UPGRADE" => (Weight::Calm, format!("The messaging limit of {number} was raised.")),
        other => (Weight::Calm, format!("Meta's notice about {number}: {}.", lower(other))),
    };
    let limit = quality.max_daily_conversations_per_business.as_ref().or(quality.current_limit.as_ref()).cloned();
    Notice { limit, faster: event == "THROUGHPUT_UPGRADE", ..(weight, text).into() }
}

/// A display name's review.
pub(super) fn of_name(name: &PhoneNumberName, number: &str) -> Notice {
    let wanted = name.requested_verified_name.as_deref().unwrap_or("the new name");
    match name.decision.as_deref().unwrap_or_default() {
        "APPROVED" => (
            Weight::Attention,
            format!("Meta approved the display name “{wanted}” for {number}. Register the number again to use it."),
        ),
        "REJECTED" => {
            let why = name.rejection_reason.as_deref().map(lower).unwrap_or_else(|| "no reason given".to_owned());
            (Weight::Attention, format!("Meta rejected the display name “{wanted}” for {number}: {why}."))
        }
        other => (Weight::Calm, format!("Review of the display name “{wanted}”: {}.", lower(other))),
    }
    .into()
}

/// A number's PIN.
pub(super) fn of_security(security: &Security, number: &str) -> Notice {
    match security.event.as_deref().unwrap_or_default() {
        "PIN_RESET_REQUEST" => (
            Weight::Trouble,
            format!("Somebody asked to reset the two-step PIN of {number}. If that was not you, secure the Meta account now."),
        ),
        "PIN_CHANGED" => (Weight::Attention, format!("The two-step PIN of {number} was changed.")),
        _ => (Weight::Attention, format!("The two-step PIN of {number} was removed or reset.")),
    }
    .into()
}

/// A number's username.
pub(super) fn of_username(username: &BusinessUsername, number: &str) -> Notice {
    match (username.status.as_deref(), username.username.as_deref()) {
        (Some("approved"), Some(name)) => (Weight::Calm, format!("{number} now has the username @{name}.")),
        (Some("reserved"), Some(name)) => (Weight::Calm, format!("The username @{name} is reserved for {number}.")),
        _ => (Weight::Attention, format!("{number} has no username any more.")),
    }
    .into()
}

fn account_update(update: &AccountUpdate) -> (Weight, String) {
    match update.event.as_deref().unwrap_or_default() {
        "ACCOUNT_DELETED" => (Weight::Trouble, "The WhatsApp Business Account was deleted.".to_owned()),
        "ACCOUNT_VIOLATION" => {
            let info = update.violation_info.as_ref();
            let kind =
                info.and_then(|v| v.violation_type.as_deref()).map(lower).unwrap_or_else(|| "a policy".to_owned());
            let advice = info.and_then(|v| v.remediation.clone()).unwrap_or_default();
            (Weight::Trouble, format!("Meta reports a policy violation: {kind}. {advice}").trim().to_owned())
        }
        "ACCOUNT_RESTRICTION" => {
            let parts: Vec<String> = update
                .restriction_info
                .iter()
                .map(|r| {
                    let what = match r.restriction_type.as_deref().unwrap_or_default() {
                        "RESTRICTED_BIZ_INITIATED_MESSAGING" => "no templates may be sent".to_owned(),
                        "RESTRICTED_CUSTOMER_INITIATED_MESSAGING" => "no messages at all may be sent".to_owned(),
                        "RESTRICTED_ADD_PHONE_NUMBER_ACTION" => "no numbers may be added".to_owned(),
                        "RESTRICTED_UTILITY_TEMPLATES" => "no utility templates may be sent".to_owned(),
                        other => lower(other),
                    };
                    match r.expiration {
                        Some(end) => format!("{what} until {}", day(end)),
                        None => what,
                    }
                })
                .collect();
            let what = if parts.is_empty() { "see WhatsApp Manager".to_owned() } else { parts.join("; ") };
            (Weight::Trouble, format!("Meta restricted the account: {what}."))
        }
        "DISABLED_UPDATE" => {
            let info = update.ban_info.as_ref();
            let when = info.and_then(|b| b.waba_ban_date.as_deref());
            match info.and_then(|b| b.waba_ban_state.as_deref()).unwrap_or_default() {
                "REINSTATE" => (Weight::Calm, "Meta reinstated the account.".to_owned()),
                "SCHEDULE_FOR_DISABLE" => {
                    let when = when.map_or_else(|| "soon".to_owned(), |date| format!("on {date}"));
                    (Weight::Trouble, format!("Meta will disable the account {when}. Appeal in WhatsApp Manager."))
                }
                _ => {
                    let when = when.map(|date| format!(" ({date})")).unwrap_or_default();
                    (Weight::Trouble, format!("Meta disabled the account{when}. Appeal in WhatsApp Manager."))
                }
            }
        }
        "PARTNER_REMOVED" | "PARTNER_APP_UNINSTALLED" => {
            (Weight::Attention, "A partner or app no longer has access to the account.".to_owned())
        }
        "ACCOUNT_OFFBOARDED" => (Weight::Trouble, "A number shared with the phone app was disconnected.".to_owned()),
        other => {
            let weight = if ACCOUNT_UPDATES.contains(&other) { Weight::Calm } else { Weight::Attention };
            (weight, format!("Meta's notice about the account: {}.", lower(other)))
        }
    }
}

/// The sentence of the dashboard's test.
pub(super) const TEST_ARRIVED: &str = "Meta's test webhook arrived: the way from Meta to this console works.";

/// The App Dashboard's test button: proof that the way from Meta to here works; the made-up people are left alone.
pub(super) fn note_test(tx: &mut WriteTx<'_>, event: &Event, arrival: Arrival) -> Result<(), NotApplied> {
    append(tx, event, arrival.received_at, Weight::Calm, TEST_ARRIVED)?;
    Ok(tx.touch("account")?)
}

fn append(tx: &WriteTx<'_>, event: &Event, at: UnixMillis, weight: Weight, text: &str) -> Result<(), NotApplied> {
    let raw = event.raw.as_str();
    let time = event.envelope.entry_time.map_or(0, UnixMillis::as_ms);
    let key = format!("{}:{time}:{}", event.envelope.field, hex::encode(Sha256::digest(raw.as_bytes())));
    let field = event.envelope.field.as_str();
    account_events::append(tx, &NewAccountEvent { field, at, severity: weight.word(), text, raw, dedupe_key: &key })?;
    Ok(())
}

/// `SCREAMING_SNAKE` as words.
fn lower(word: &str) -> String {
    word.to_ascii_lowercase().replace('_', " ")
}

fn day(at: UnixMillis) -> String {
    at.to_rfc3339().chars().take(10).collect()
}
