//! Where Meta sends this account's webhooks (webhooks.md §1.7): the app's subscription to the WABA, addresses nearer to
//! the number, and what only the App Dashboard can set. Read from Meta each time; nothing of it is kept here.

use switchboard_bridge::dto::{CallbackLevel, NumberCallback, WebhookSubscribe, WebhookSubscription};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_cloud_api::account::{
    PhoneNumberInfo, SubscribedApp, WebhookOverride, debug_token, phone_numbers, set_number_override, subscribe_app,
    subscribed_apps,
};
use switchboard_domain::ids::{AppId, PhoneNumberId};
use switchboard_domain::redact::Personal;
use switchboard_store::tables::{account, relay};

use super::call_error;
use super::checklist::link;
use super::overview::none_connected;
use crate::{Console, EngineError};

/// Fields that always go to the app's own address (webhooks.md §1.7), as far as this console reads them.
pub const DASHBOARD_FIELDS: [&str; 13] = [
    "message_template_status_update",
    "message_template_quality_update",
    "message_template_components_update",
    "template_category_update",
    "user_preferences",
    "account_update",
    "account_alerts",
    "account_review_update",
    "business_capability_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "business_username_update",
];

/// Fields that follow an address of the account's or the number's own (webhooks.md §1.7), as far as they are read here.
pub const OVERRIDE_FIELDS: [&str; 5] =
    ["messages", "message_echoes", "smb_message_echoes", "smb_app_state_sync", "history"];

/// Where webhooks go now, and what is to be done.
///
/// # Errors
/// `NoProfile`, `Keychain`, Meta's refusal.
pub async fn subscription(console: &Console) -> Result<WebhookSubscription, UiError> {
    let client = console.graph().await?;
    let stored = console.store().read(account::get).await.map_err(EngineError::Store)?.ok_or_else(none_connected)?;
    let token =
        console.secrets().need(crate::secrets::SecretName::SystemUserToken).await.map_err(EngineError::Secret)?;
    let callback = callback_url(console).await?;
    let (info, apps, numbers) = futures::join!(
        debug_token(&client, &token),
        subscribed_apps(&client, &stored.waba_id),
        phone_numbers(&client, &stored.waba_id),
    );
    // A token whose app is not told is still one; everything else is the answer itself.
    let app_id = info.ok().and_then(|t| t.app_id);
    Ok(shown(callback, app_id, &apps.map_err(call_error)?, &numbers.map_err(call_error)?))
}

/// Subscribes the app, or sets or removes an address; then [`subscription`].
///
/// # Errors
/// `NotFound` without a relay, `InvalidInput`, Meta's refusal: it calls the new address before it takes it.
pub async fn subscribe(console: &Console, request: WebhookSubscribe) -> Result<WebhookSubscription, UiError> {
    let client = console.graph().await?;
    let stored = console.store().read(account::get).await.map_err(EngineError::Store)?.ok_or_else(none_connected)?;
    let callback = match request.verify_token {
        Some(verify_token) if request.level != CallbackLevel::App => Some(WebhookOverride {
            callback_url: callback_url(console).await?.ok_or_else(no_relay)?,
            verify_token: Personal::new(verify_token.into_inner().trim()),
        }),
        _ => None,
    };
    match request.level {
        CallbackLevel::App => subscribe_app(&client, &stored.waba_id, None).await,
        CallbackLevel::Account => {
            // Meta wants the app to be subscribed before an address is set.
            let apps = subscribed_apps(&client, &stored.waba_id).await.map_err(call_error)?;
            if apps.is_empty() && callback.is_some() {
                subscribe_app(&client, &stored.waba_id, None).await.map_err(call_error)?;
            }
            subscribe_app(&client, &stored.waba_id, callback.as_ref()).await
        }
        CallbackLevel::Number => {
            let number = request.phone_number_id.map_or(stored.default_phone_number_id, PhoneNumberId::new);
            set_number_override(&client, &number, callback.as_ref()).await
        }
    }
    .map_err(call_error)?;
    console.wakes().account.notify_one();
    subscription(console).await
}

async fn callback_url(console: &Console) -> Result<Option<String>, UiError> {
    let row = console.store().read(relay::get).await.map_err(EngineError::Store)?;
    Ok(row.map(|row| format!("{}/hooks/{}", row.url.trim_end_matches('/'), row.desk.as_str())))
}

fn no_relay() -> UiError {
    UiError::new(
        UiErrorCode::NotFound,
        "No relay is set up, so there is no address to give to Meta.",
        "Pair a relay first, in Settings > Relay.",
    )
}

fn shown(
    callback: Option<String>,
    app_id: Option<AppId>,
    apps: &[SubscribedApp],
    numbers: &[PhoneNumberInfo],
) -> WebhookSubscription {
    let ours = apps.iter().find(|app| app_id.is_none() || app.whatsapp_business_api_data.id == app_id);
    let numbers: Vec<NumberCallback> = numbers.iter().filter_map(|n| number_callback(n, callback.as_deref())).collect();
    let mut to_do = Vec::new();
    if callback.is_none() {
        to_do.push("Pair a relay: without one there is no address to give to Meta.".to_owned());
    }
    if ours.is_none() {
        to_do.push("Subscribe the app to the account: until then Meta sends it nothing of this account.".to_owned());
    }
    if callback.is_some() {
        for number in numbers.iter().filter(|n| n.callback_url.is_some() && !n.is_relay) {
            to_do.push(format!(
                "Messages and statuses of {} go to {}, not to the paired relay. Set the app's address in the App Dashboard, or give the number the relay's address.",
                number.display_phone_number,
                number.callback_url.as_deref().unwrap_or_default(),
            ));
        }
        if numbers.iter().any(|n| n.is_relay && n.level != Some(CallbackLevel::App)) {
            to_do.push(
                "The relay's address is set nearer to the number only. Template fields and user_preferences ignore that: set it in the App Dashboard too."
                    .to_owned(),
            );
        }
    }
    WebhookSubscription {
        callback_url: callback,
        app_name: ours.and_then(|app| app.whatsapp_business_api_data.name.clone()),
        is_subscribed: ours.is_some(),
        numbers,
        dashboard_fields: DASHBOARD_FIELDS.map(str::to_owned).to_vec(),
        override_fields: OVERRIDE_FIELDS.map(str::to_owned).to_vec(),
        dashboard_link: link("webhook_fields", app_id.as_ref()).unwrap_or_default(),
        app_id: app_id.map(|id| id.as_str().to_owned()),
        to_do,
    }
}

fn number_callback(number: &PhoneNumberInfo, relay: Option<&str>) -> Option<NumberCallback> {
    let set = |key: &str| {
        let url = number.webhook_configuration.as_ref()?.get(key)?.as_str()?;
        (!url.is_empty()).then(|| url.to_owned())
    };
    let (level, callback_url) = [
        (CallbackLevel::Number, "phone_number"),
        (CallbackLevel::Account, "whatsapp_business_account"),
        (CallbackLevel::App, "application"),
    ]
    .into_iter()
    .find_map(|(level, key)| set(key).map(|url| (Some(level), Some(url))))
    .unwrap_or((None, None));
    let is_relay = match (callback_url.as_deref(), relay) {
        (Some(url), Some(relay)) => url.trim_end_matches('/') == relay.trim_end_matches('/'),
        _ => false,
    };
    Some(NumberCallback {
        phone_number_id: number.id.as_ref()?.as_str().to_owned(),
        display_phone_number: number.display_phone_number.clone().unwrap_or_default(),
        level,
        callback_url,
        is_relay,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    const RELAY: &str = "https://relay.example.com/hooks/shop";

    fn number(callbacks: serde_json::Value) -> PhoneNumberInfo {
        let node = serde_json::json!({"id": "100", "display_phone_number": "+1 416 555 0100", "webhook_configuration": callbacks});
        serde_json::from_value(node).unwrap()
    }

    fn app() -> SubscribedApp {
        serde_json::from_value(serde_json::json!({"whatsapp_business_api_data": {"id": "4", "name": "Shop app"}}))
            .unwrap()
    }

    fn seen(apps: &[SubscribedApp], callbacks: serde_json::Value) -> WebhookSubscription {
        shown(Some(RELAY.to_owned()), Some(AppId::new("4")), apps, &[number(callbacks)])
    }

    #[test]
    fn the_apps_own_address_at_the_relay_leaves_nothing_to_do() {
        let all_well = seen(&[app()], serde_json::json!({"application": RELAY}));
        assert!(all_well.is_subscribed && all_well.numbers[0].is_relay && all_well.to_do.is_empty());
        assert!(all_well.dashboard_link.contains("/apps/4/"));
        assert!(all_well.dashboard_fields.contains(&"user_preferences".to_owned()));
    }

    #[test]
    fn an_app_that_is_not_subscribed_is_the_first_thing_to_do() {
        let none = seen(&[], serde_json::json!({"application": RELAY}));
        assert!(!none.is_subscribed && none.to_do[0].contains("Subscribe the app"));
    }

    #[test]
    fn the_address_nearest_to_the_number_counts() {
        let elsewhere = serde_json::json!({"application": RELAY, "phone_number": "https://old.example.com/hook"});
        let found = seen(&[app()], elsewhere);
        assert_eq!((found.numbers[0].level, found.numbers[0].is_relay), (Some(CallbackLevel::Number), false));
        assert!(found.to_do[0].contains("old.example.com"), "{:?}", found.to_do);
    }

    #[test]
    fn an_address_of_the_accounts_own_does_not_bring_what_ignores_it() {
        let near = serde_json::json!({"application": "https://old.example.com/", "whatsapp_business_account": RELAY});
        let found = seen(&[app()], near);
        assert!(found.numbers[0].is_relay && found.to_do[0].contains("user_preferences"), "{:?}", found.to_do);
    }
}
