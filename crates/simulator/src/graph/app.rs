//! The app itself: its access token and the app-level callback with its fields (webhooks.md §1.7).

use std::sync::Arc;

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::error::GraphError;
use super::subscribed_apps::save;
use super::{Call, Outcome, auth, callback_refused};
use crate::model::account::Callback;
use crate::webhooks::handshake;
use crate::world::Sim;

/// `GET /oauth/access_token` with `client_credentials`: an app token for the app secret.
pub(super) fn access_token(sim: &Sim, call: &Call) -> Outcome {
    let asked = |key: &str| call.query.get(key).map_or("", String::as_str);
    if asked("grant_type") != "client_credentials" {
        return Err(GraphError::new(100, "Only grant_type client_credentials is supported here."));
    }
    if asked("client_id") != sim.state().account.app_id {
        return Err(GraphError::new(101, "")
            .message("Error validating application. Cannot get application info due to a system error."));
    }
    if !same(asked("client_secret"), sim.app_secret.expose_secret()) {
        return Err(GraphError::new(1, "").message("Error validating client secret."));
    }
    Ok(json!({"access_token": app_token(sim), "token_type": "bearer"}).into())
}

/// `/{app-id}/subscriptions`: set after the handshake, show, clear. Only an app token may.
pub(super) async fn subscriptions(sim: &Arc<Sim>, call: &Call) -> Outcome {
    authorised(sim, call)?;
    match call.method {
        Method::GET => Ok(list(sim).into()),
        Method::POST => subscribe(sim, call).await,
        Method::DELETE => {
            save(sim, |account| {
                account.app_callback = None;
                account.app_fields = None;
            })
            .await?;
            sim.state().callback_verified = false;
            Ok(json!({"success": true}).into())
        }
        _ => Err(GraphError::new(100, format!("Unsupported {} request.", call.method))),
    }
}

async fn subscribe(sim: &Arc<Sim>, call: &Call) -> Outcome {
    // Parameters come in the query or as a form; a body takes nothing away from the query.
    let mut asked: Map<String, Value> = call.query.iter().map(|(k, v)| (k.clone(), json!(v))).collect();
    asked.extend(call.object()?);
    let text = |key: &str| asked.get(key).and_then(Value::as_str).filter(|t| !t.is_empty());
    let needed = |key: &str| text(key).ok_or_else(|| GraphError::new(100, format!("The parameter {key} is required.")));
    if needed("object")? != "whatsapp_business_account" {
        return Err(GraphError::new(100, "Param object must be whatsapp_business_account for this app."));
    }
    let url = needed("callback_url")?.to_owned();
    handshake::verify(&sim.http, &url, needed("verify_token")?).await.map_err(|reason| callback_refused(&reason))?;
    let fields = text("fields").map(|list| list.split(',').map(|f| f.trim().to_owned()).collect());
    save(sim, move |account| {
        account.app_callback = Some(Callback { url, verified: true });
        account.app_fields = fields;
    })
    .await?;
    sim.state().callback_verified = true;
    sim.post_wake.notify_one();
    Ok(json!({"success": true}).into())
}

fn list(sim: &Sim) -> Value {
    let state = sim.state();
    let Some(callback) = &state.account.app_callback else { return json!({"data": []}) };
    let fields: Vec<Value> =
        state.account.app_fields.iter().flatten().map(|name| json!({"name": name, "version": "v26.0"})).collect();
    json!({"data": [{"object": "whatsapp_business_account", "callback_url": callback.url, "active": true, "fields": fields}]})
}

/// `{app-id}|…`, made from the app secret so that it is the same after a restart.
fn app_token(sim: &Sim) -> String {
    let id = sim.state().account.app_id.clone();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(sim.app_secret.expose_secret().as_bytes()) else { return id };
    mac.update(b"app access token");
    format!("{id}|{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// An app token, in the query (which wins here, as with Graph) or in the header. `{app-id}|{app-secret}` is one too.
fn authorised(sim: &Sim, call: &Call) -> Result<(), GraphError> {
    let given = call.query.get("access_token").cloned().or_else(|| auth::token_text(call)).unwrap_or_default();
    let plain = format!("{}|{}", sim.state().account.app_id, sim.app_secret.expose_secret());
    if same(&given, &app_token(sim)) || same(&given, &plain) {
        return Ok(());
    }
    Err(GraphError::new(15, "").message("(#15) This method must be called with an app access_token."))
}

fn same(given: &str, right: &str) -> bool {
    bool::from(given.as_bytes().ct_eq(right.as_bytes()))
}
