//! `/{waba}/subscribed_apps`, with callback override (webhooks.md §1.7).

use std::sync::Arc;

use serde_json::{Value, json};

use super::error::GraphError;
use super::{Call, Outcome, callback_refused, unavailable};
use crate::model::account::{Account, Callback};
use crate::model::template::save_document;
use crate::webhooks::handshake;
use crate::world::{Sim, State};

/// The subscribed app, if any.
pub(super) fn list(sim: &Sim) -> Outcome {
    Ok(edge(&sim.state()).into())
}

/// The edge as its own endpoint and the field of the account answer it.
pub(super) fn edge(state: &State) -> Value {
    if !state.account.subscribed {
        return json!({"data": []});
    }
    let mut app = json!({"whatsapp_business_api_data": {
        "id": state.account.app_id, "link": format!("https://www.facebook.com/games/?app_id={}", state.account.app_id), "name": "Tide & Timber Messaging"}});
    if let (Some(callback), Some(app)) = (&state.account.override_callback, app.as_object_mut()) {
        app.insert("override_callback_uri".into(), json!(callback.url));
    }
    json!({"data": [app]})
}

/// Subscribes; with a body it sets the override after the handshake, without one it clears it.
pub(super) async fn subscribe(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object()?;
    let callback = override_of(sim, &Value::Object(body)).await?;
    save(sim, |account| {
        account.subscribed = true;
        account.override_callback = callback;
    })
    .await?;
    Ok(json!({"success": true}).into())
}

/// Unsubscribes: nothing more is queued.
pub(super) async fn unsubscribe(sim: &Arc<Sim>) -> Outcome {
    save(sim, |account| account.subscribed = false).await?;
    Ok(json!({"success": true}).into())
}

/// Reads and verifies `override_callback_uri` with `verify_token`; an empty or absent one is none.
pub(crate) async fn override_of(sim: &Sim, body: &Value) -> Result<Option<Callback>, GraphError> {
    let Some(url) = body.get("override_callback_uri").and_then(Value::as_str).filter(|u| !u.is_empty()) else {
        return Ok(None);
    };
    let token = body.get("verify_token").and_then(Value::as_str).unwrap_or_default();
    handshake::verify(&sim.http, url, token).await.map_err(|reason| callback_refused(&reason))?;
    Ok(Some(Callback { url: url.to_owned(), verified: true }))
}

/// Changes the account in memory and on disk.
pub(crate) async fn save(sim: &Arc<Sim>, how: impl FnOnce(&mut Account)) -> Result<(), GraphError> {
    let account = {
        let mut state = sim.state();
        how(&mut state.account);
        state.account.clone()
    };
    sim.db.write(move |c| save_document(c, "account", "account", &account)).await.map_err(|e| unavailable(&e))?;
    sim.post_wake.notify_one();
    Ok(())
}
