//! Bearer tokens: who calls, with which scopes (account.md §1, errors.md §2).

use sha2::{Digest, Sha256};

use super::Call;
use super::error::GraphError;
use crate::model::account::TokenInfo;
use crate::world::Sim;

/// Scope of everything but messages.
pub(crate) const MANAGEMENT: &str = "whatsapp_business_management";
/// Scope of messages and media.
pub(crate) const MESSAGING: &str = "whatsapp_business_messaging";

/// The token of one call.
pub(crate) struct Bearer {
    pub(crate) info: TokenInfo,
}

impl Bearer {
    /// Refuses a call whose token lacks the scope.
    pub(crate) fn needs(&self, scope: &str) -> Result<(), GraphError> {
        if self.info.may(scope) {
            return Ok(());
        }
        Err(GraphError::new(10, "Application does not have permission for this action")
            .details(format!("The access token lacks the permission {scope}.")))
    }
}

/// The hash tokens are kept by.
pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The token text of a call, from the header or (as Graph still allows) the query.
pub(crate) fn token_text(call: &Call) -> Option<String> {
    let header = call.headers.get("authorization").and_then(|v| v.to_str().ok());
    if let Some(header) = header {
        let (scheme, rest) = header.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth") {
            return Some(rest.trim().to_owned());
        }
        return None;
    }
    call.query.get("access_token").cloned()
}

/// Checks the token and that it reaches this account.
pub(crate) fn check(sim: &Sim, call: &Call) -> Result<Bearer, GraphError> {
    let Some(text) = token_text(call) else {
        return Err(GraphError::new(104, "").message("An access token is required to request this resource."));
    };
    let state = sim.state();
    let Some(info) = state.tokens.get(&hash(&text)).cloned() else {
        return Err(GraphError::new(190, "").message("Invalid OAuth access token - Cannot parse access token"));
    };
    if info.revoked {
        return Err(GraphError::new(190, "")
            .subcode(460)
            .message("Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons."));
    }
    if let Some(at) = info.expires_ms.filter(|at| *at <= call.now_ms) {
        return Err(expired(at));
    }
    let id = call.word(0);
    let node = state.numbers.contains_key(id) || state.account.id == id;
    if node && !info.target_ids.is_empty() && !info.target_ids.contains(&state.account.id) {
        return Err(GraphError::new(
            200,
            "You do not have the necessary permissions required to send messages on behalf of this WhatsApp Business Account",
        ));
    }
    Ok(Bearer { info })
}

/// 190 for a token that ran out.
pub(crate) fn expired(at_ms: i64) -> GraphError {
    GraphError::new(190, "")
        .subcode(463)
        .message(format!("Error validating access token: Session has expired on {}.", crate::clock::graph_date(at_ms)))
}

/// Counts a management call against the WABA's hourly budget (account.md §9).
pub(crate) fn budget(sim: &Sim, call: &Call) -> Result<(), GraphError> {
    let mut state = sim.state();
    let budget = state.calls_per_hour();
    if !state.limits.take_call(budget, call.now_ms) && state.settings.limits {
        return Err(GraphError::new(80_007, "").message(
            "There have been too many calls to this WhatsApp Business account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
        ));
    }
    Ok(())
}
