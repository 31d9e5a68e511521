//! `GET /debug_token` (account.md §1).

use serde_json::json;

use super::error::GraphError;
use super::{Call, Outcome, auth};
use crate::clock::seconds;
use crate::world::Sim;

/// What the token may do; an unknown one is not an error but `is_valid: false`.
pub(super) fn show(sim: &Sim, call: &Call) -> Outcome {
    let Some(input) = call.query.get("input_token") else {
        return Err(GraphError::new(100, "The parameter input_token is required"));
    };
    let state = sim.state();
    let Some(info) = state.tokens.get(&auth::hash(input)) else {
        return Ok(json!({"data": {"error": {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}, "is_valid": false, "scopes": []}}).into());
    };
    let expired = info.expires_ms.is_some_and(|at| at <= call.now_ms);
    let targets = if info.target_ids.is_empty() { vec![state.account.id.clone()] } else { info.target_ids.clone() };
    let granular: Vec<_> = info
        .scopes
        .iter()
        .filter(|s| s.starts_with("whatsapp_business_"))
        .map(|scope| json!({"scope": scope, "target_ids": targets}))
        .collect();
    let mut data = json!({
        "app_id": state.account.app_id, "type": "SYSTEM_USER", "application": "Tide & Timber Messaging", "data_access_expires_at": 0,
        "expires_at": info.expires_ms.map_or(0, seconds), "is_valid": !expired && !info.revoked, "issued_at": seconds(info.issued_ms),
        "scopes": info.scopes, "granular_scopes": granular, "user_id": "122100000000000007",
    });
    if let Some(map) = data.as_object_mut() {
        if expired {
            map.insert(
                "error".into(),
                json!({"code": 190, "message": "Error validating access token: Session has expired.", "subcode": 463}),
            );
        } else if info.revoked {
            map.insert("error".into(), json!({"code": 190, "message": "Error validating access token: The session has been invalidated.", "subcode": 460}));
        }
    }
    Ok(json!({"data": data}).into())
}
