//! Reads the list of templates from Meta and repairs what a lost webhook missed. Runs every few hours and when a
//! webhook speaks of a template that is not known or whose texts changed.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::TemplateSyncResult;
use switchboard_cloud_api::Client;
use switchboard_cloud_api::templates::{Template, TemplateFilter, get, list};
use switchboard_domain::ids::{TemplateId, WabaId};
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::templates::{Changed, SeenTemplate};
use switchboard_store::tables::{account, tasks, templates};
use switchboard_store::{Priority, Store, StoreError, WriteTx};

use crate::inbound::{Applied, pause_campaigns_if_unsendable};
use crate::templates::sentences;
use crate::{Console, EngineError};

/// Name on the page Diagnostics.
pub const TASK: &str = "template_sync";
/// How often it runs without a signal: account.md §9 allows 200 list calls an hour and less.
pub const EVERY: std::time::Duration = std::time::Duration::from_secs(3 * 3600);

/// Reads the list now.
///
/// # Errors
/// No account, Graph's refusal, the store.
pub async fn sync(console: &Console) -> Result<TemplateSyncResult, UiError> {
    let client = console.graph().await?;
    let account = console.store().read(account::get).await.map_err(EngineError::Store)?.ok_or_else(no_account)?;
    let started = console.clock().now();
    let result = read_and_store(&client, console.store(), &account.waba_id, started).await;
    record(console.store(), started, &result).await;
    let (result, applied) = result?;
    if applied.sends {
        console.wakes().sender.notify_one();
    }
    Ok(result)
}

/// Reads one template again, for a look right before a launch.
///
/// # Errors
/// No account, Graph's refusal, the store.
pub async fn read_one(console: &Console, id: &TemplateId) -> Result<(), UiError> {
    let client = console.graph().await?;
    let waba = console.store().read(account::get).await.map_err(EngineError::Store)?.ok_or_else(no_account)?.waba_id;
    let started = console.clock().now();
    let found = get(&client, id).await.map_err(EngineError::Graph)?;
    let Some(seen) = seen(&waba, found).filter(|seen| seen.template_id == *id) else { return Ok(()) };
    let applied = console
        .store()
        .write(Priority::Inbound, move |tx| {
            let mut applied = Applied::default();
            let changes = templates::put_seen(tx, &seen, started)?;
            if !changes.is_empty() {
                note(tx, &seen, &changes, started)?;
                pause_campaigns_if_unsendable(tx, &seen.template_id, &mut applied)?;
                tx.touch("templates")?;
            }
            Ok::<_, StoreError>(applied)
        })
        .await
        .map_err(EngineError::Store)?;
    if applied.sends {
        console.wakes().sender.notify_one();
    }
    Ok(())
}

fn no_account() -> UiError {
    UiError::new(
        switchboard_bridge::UiErrorCode::NoProfile,
        "No account is connected to this profile, so there are no templates to read.",
        "Connect one in Settings > Account.",
    )
}

async fn record(store: &Store, at: UnixMillis, result: &Result<(TemplateSyncResult, Applied), EngineError>) {
    let (text, failed) = match result {
        Ok((r, _)) => {
            (format!("{} templates: {} new, {} changed, {} gone.", r.total, r.added, r.changed, r.removed), false)
        }
        Err(error) => (format!("Failed: {error}."), true),
    };
    let kept = store.write(Priority::Bulk, move |tx| tasks::record(tx, TASK, at, &text, failed)).await;
    if let Err::<(), StoreError>(error) = kept {
        tracing::warn!(%error, "recording the template sync");
    }
}

async fn read_and_store(
    client: &Client,
    store: &Store,
    waba: &WabaId,
    started: UnixMillis,
) -> Result<(TemplateSyncResult, Applied), EngineError> {
    let found = list(client, waba, &TemplateFilter::default()).await?;
    let seen: Vec<SeenTemplate> = found.into_iter().filter_map(|t| seen(waba, t)).collect();
    let waba = waba.clone();
    Ok(store
        .write(Priority::Inbound, move |tx| {
            let mut result = TemplateSyncResult { total: seen.len() as u64, added: 0, changed: 0, removed: 0 };
            let mut applied = Applied::default();
            for template in &seen {
                let changes = templates::put_seen(tx, template, started)?;
                if changes.is_empty() {
                    continue;
                }
                if changes.contains(&Changed::Appeared) {
                    result.added += 1;
                } else {
                    result.changed += 1;
                }
                note(tx, template, &changes, started)?;
                pause_campaigns_if_unsendable(tx, &template.template_id, &mut applied)?;
            }
            // An empty list is a list too; a list cut short is an error of the call and never comes here.
            for gone in templates::remove_unseen(tx, &waba, started)? {
                result.removed += 1;
                templates::append_event(tx, &gone, started, "status", "Deleted at Meta.", None)?;
                pause_campaigns_if_unsendable(tx, &gone, &mut applied)?;
            }
            tx.touch("templates")?;
            Ok::<_, StoreError>((result, applied))
        })
        .await?)
}

fn seen(waba: &WabaId, template: Template) -> Option<SeenTemplate> {
    let category = template.category.unwrap_or_default().to_ascii_lowercase();
    Some(SeenTemplate {
        template_id: template.id?,
        waba_id: waba.clone(),
        name: template.name,
        language: template.language,
        correct_category: template
            .correct_category
            .map(|c| c.to_ascii_lowercase())
            .filter(|c| !c.is_empty() && *c != category),
        category,
        status: template.status.map(|s| s.as_str().to_owned()).unwrap_or_else(|| "UNKNOWN".to_owned()),
        quality: template.quality_score.and_then(|q| q.score).map(|s| s.to_ascii_uppercase()),
        rejected_reason: template.rejected_reason.filter(|r| !r.eq_ignore_ascii_case("NONE")),
        parameter_format: template.parameter_format.unwrap_or_else(|| "POSITIONAL".to_owned()).to_ascii_uppercase(),
        components: serde_json::Value::from(template.components).to_string(),
    })
}

fn note(tx: &WriteTx<'_>, template: &SeenTemplate, changes: &[Changed], at: UnixMillis) -> Result<(), StoreError> {
    for change in changes {
        let (kind, text) = match change {
            Changed::Appeared => (
                "seen",
                format!(
                    "First seen here. {}",
                    sentences::status_changed(&template.status, template.rejected_reason.as_deref())
                ),
            ),
            Changed::Status(_) => {
                ("status", sentences::status_changed(&template.status, template.rejected_reason.as_deref()))
            }
            Changed::Quality(from) => (
                "quality",
                sentences::quality_changed(from.as_deref(), template.quality.as_deref().unwrap_or("UNKNOWN")),
            ),
            Changed::Category(from) => ("category", sentences::category_changed(Some(from), &template.category)),
            Changed::CorrectCategory(_) => match &template.correct_category {
                Some(next) => ("category", sentences::category_announced(&template.category, next)),
                None => continue,
            },
            Changed::Components => ("components", "Its texts or buttons were changed.".to_owned()),
        };
        templates::append_event(tx, &template.template_id, at, kind, &text, None)?;
    }
    Ok(())
}

/// The loop: at once, on a signal, and every few hours; after a failure sooner, with growing waits.
pub async fn run(console: Console) {
    let mut failures: u32 = 0;
    loop {
        let signal = console.wakes().templates.notified();
        match sync(&console).await {
            Ok(_) => failures = 0,
            Err(error) => {
                failures = failures.saturating_add(1);
                tracing::info!(code = ?error.code, "reading the templates failed");
            }
        }
        let wait = match failures {
            0 => EVERY,
            n => std::time::Duration::from_secs(30u64.saturating_mul(1 << n.min(7))),
        };
        tokio::select! {
            () = console.shutdown().cancelled() => return,
            () = signal => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}
