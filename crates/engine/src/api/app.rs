//! Settings, the change feed.

use switchboard_bridge::dto::{
    ById, Changes, ChangesSince, Diagnostics, KeptEvent, KeptEventText, KeptEvents, Nothing, Settings, TaskStatus,
    WebhookExplain, WebhookExplanation,
};
use switchboard_bridge::{ChangeTag, UiError, UiErrorCode};
use switchboard_domain::ids::ChangeSeq;
use switchboard_domain::phone::{PhoneNumber, Region};
use switchboard_store::tables::{account, changes, meta, raw_events, relay, tasks};
use switchboard_store::{SCHEMA_VERSION, StoreError};

use crate::account::recheck::CLOCK_SKEW_KEY;
use crate::inbound::explain;
use crate::{Console, EngineError, settings};

/// Kept events in the list of Diagnostics; older ones are counted.
const KEPT_EVENTS_LISTED: u32 = 100;

/// What the operator set.
///
/// # Errors
/// A store error's sentence.
pub async fn settings_get(console: &Console, _: Nothing) -> Result<Settings, UiError> {
    Ok(settings::load(console.store()).await?)
}

/// Replaces the settings after checking them.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] with `details.field`.
pub async fn settings_update(console: &Console, mut request: Settings) -> Result<Settings, UiError> {
    let invalid = |field: &str, message: &str, remedy: &str| {
        UiError::new(UiErrorCode::InvalidInput, message, remedy).with_details(serde_json::json!({ "field": field }))
    };
    let region = match request.default_region.as_deref().map(str::trim).filter(|r| !r.is_empty()) {
        Some(text) => Some(Region::parse(text).filter(Region::has_numbers).ok_or_else(|| {
            invalid(
                "default_region",
                "This is not the code of a country with phone numbers.",
                "Use two letters, for example CA.",
            )
        })?),
        None => None,
    };
    request.default_region = region.map(|r| r.as_str().to_owned());
    let mut phones = Vec::with_capacity(request.test_phones.len());
    for phone in request.test_phones.iter().filter(|p| !p.trim().is_empty()) {
        let parsed = PhoneNumber::parse_in(phone, region).map_err(|e| {
            invalid("test_phones", &format!("A test phone cannot be used: {e}."), "Write it with + and country code.")
        })?;
        phones.push(parsed.as_e164().to_owned());
    }
    request.test_phones = phones;
    if request.max_send_rate == Some(0) {
        return Err(invalid(
            "max_send_rate",
            "A rate of zero sends nothing.",
            "Leave it empty, or pause the campaign.",
        ));
    }
    if request.opt_out_confirmation.chars().count() > 1_000 {
        return Err(invalid("opt_out_confirmation", "The confirmation is too long.", "Use at most 1,000 characters."));
    }
    if let Some(zone) = request.shop_zone.as_deref().map(str::trim) {
        if !zone.is_empty() && switchboard_domain::rules::zone(zone).is_none() {
            return Err(invalid("shop_zone", "There is no such time zone.", "Choose one such as America/Toronto."));
        }
        request.shop_zone = (!zone.is_empty()).then(|| zone.to_owned());
    }
    if let Some(hours) = &request.quiet_hours {
        let hours = switchboard_domain::rules::Hours { from_minute: hours.from_minute, to_minute: hours.to_minute };
        hours.check().map_err(|e| {
            invalid(
                "quiet_hours",
                &format!("These quiet hours cannot be used: {e}."),
                "Choose another beginning or end.",
            )
        })?;
    }
    if request.cap_messages == Some(0) || !(1..=365).contains(&request.cap_days) {
        return Err(invalid(
            "cap_messages",
            "A cap needs at least one message in 1 to 365 days.",
            "Leave the number empty for no cap.",
        ));
    }
    if request.utility_reserve_percent > 90 {
        return Err(invalid(
            "utility_reserve_percent",
            "More than 90 percent cannot be kept for utility messages.",
            "Choose from 0 to 90.",
        ));
    }
    request.month_budget = crate::campaigns::budget_micros(request.month_budget.as_deref())
        .map_err(|_| {
            invalid("month_budget", "This is not an amount.", "Write it with digits and a point, for example 200.00.")
        })?
        .map(switchboard_domain::money::format_micros);
    request.zoom_percent = request.zoom_percent.clamp(50, 300);
    let saved = settings::save(console.store(), request).await?;
    console.wakes().sender.notify_one();
    Ok(saved)
}

/// What changed after a sequence number.
///
/// # Errors
/// A store error's sentence.
pub async fn changes_since(console: &Console, request: ChangesSince) -> Result<Changes, UiError> {
    let since =
        console.store().read(move |c| changes::since(c, ChangeSeq(request.seq))).await.map_err(EngineError::Store)?;
    let unknown = since.tags.iter().any(|t| ChangeTag::parse(t).is_none());
    Ok(Changes {
        seq: since.newest.0,
        tags: since.tags.iter().filter_map(|t| ChangeTag::parse(t)).collect(),
        refetch_all: since.gap || unknown,
    })
}

/// What a webhook says and what the console would do with it. Needs no profile.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] when the text is no webhook or the file cannot be read.
pub async fn webhook_explain(request: WebhookExplain) -> Result<WebhookExplanation, UiError> {
    // Reading megabytes is work for another thread than the one that answers the window.
    tokio::task::spawn_blocking(move || {
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        match (request.text, request.path) {
            (Some(text), _) => Ok(explain::explain(text.as_bytes(), limit)?),
            (None, Some(path)) => Ok(explain::explain(&explain::read_file(std::path::Path::new(&path))?, limit)?),
            (None, None) => Err(explain::ExplainError::Empty.into()),
        }
    })
    .await
    .map_err(|_| UiError::internal("the explanation was broken off"))?
}

/// Webhooks kept as received, because something in them was not understood or has no use here yet.
///
/// # Errors
/// A store error's sentence.
pub async fn kept_event_list(console: &Console, _: Nothing) -> Result<KeptEvents, UiError> {
    let (rows, total) = console
        .store()
        .read(|c| Ok::<_, StoreError>((raw_events::list_open(c, KEPT_EVENTS_LISTED)?, raw_events::count_open(c)?)))
        .await
        .map_err(EngineError::Store)?;
    let items = rows
        .into_iter()
        .map(|row| KeptEvent {
            id: row.id.to_string(),
            field: row.field,
            reason: row.reason,
            received_at_ms: row.received_at.as_ms(),
            size_bytes: row.size_bytes,
        })
        .collect();
    Ok(KeptEvents { items, total })
}

/// One of them, as it came.
///
/// # Errors
/// [`UiErrorCode::NotFound`] when it is not there (any more).
pub async fn kept_event_get(console: &Console, request: ById) -> Result<KeptEventText, UiError> {
    let gone = || {
        UiError::new(
            UiErrorCode::NotFound,
            "This event is not kept any more.",
            "Look at the list again; an update may have understood it.",
        )
    };
    let id: i64 = request.id.parse().map_err(|_| gone())?;
    let kept = console.store().read(move |c| raw_events::get(c, id)).await.map_err(EngineError::Store)?;
    let raw = kept.ok_or_else(gone)?.raw;
    Ok(KeptEventText { text: String::from_utf8_lossy(&raw).into_owned() })
}

/// What Diagnostics shows of this profile; the shell adds where its logs are.
///
/// # Errors
/// A store error's sentence.
pub async fn diagnostics_get(console: &Console, _: Nothing) -> Result<Diagnostics, UiError> {
    let now = console.clock().now();
    let (account, tasks, applied, unknown, skew, audit) = console
        .store()
        .read(move |c| {
            let applied = relay::get(c)?.map_or(0, |r| r.events_applied);
            // Kept when an answer came: what the newest answer said long ago is no clock to compare with.
            let skew = meta::get(c, CLOCK_SKEW_KEY)?.and_then(|s| s.parse().ok());
            Ok::<_, StoreError>((
                account::get(c)?,
                tasks::list(c)?,
                applied,
                raw_events::count_open(c)?,
                skew,
                crate::status_audit::shown(c, now)?,
            ))
        })
        .await
        .map_err(EngineError::Store)?;
    Ok(Diagnostics {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema_version: SCHEMA_VERSION,
        data_dir: console.profile().dir().to_string_lossy().into_owned(),
        log_dir: String::new(),
        secret_store: console.secrets().word().to_owned(),
        graph: account.map(|a| format!("{} {}", a.graph_url, a.graph_version)).unwrap_or_default(),
        tasks: tasks
            .into_iter()
            .map(|t| TaskStatus {
                name: t.name,
                last_run_at_ms: t.last_run_at.map(|m| m.as_ms()),
                last_result: t.last_result,
                failed: t.failed,
            })
            .collect(),
        events_applied: applied,
        events_unknown: unknown,
        audit,
        clock_skew_ms: skew,
    })
}
