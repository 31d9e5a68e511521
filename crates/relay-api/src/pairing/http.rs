//! A desk's devices over HTTP: pairing, and what a paired console may do with the others.

use std::time::Duration;

use reqwest::{Method, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Approval, DeviceList, NewCode, PairAnswer, PairError, PairRequest, PairingLink, Rename};
use crate::endpoint::{RelayAddress, RelayEndpoint, is_name};
use crate::sealing::{DeviceKey, DevicePublicKey};

const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Longest answer that is read, in bytes; a list of devices is far below.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// HTTP requests to one relay.
pub struct DeskClient {
    http: reqwest::Client,
}

impl DeskClient {
    /// A client for this address: never follows a redirect, uses the system's proxy except for this machine.
    ///
    /// # Errors
    /// [`PairError::Network`] if TLS cannot be set up.
    pub fn new(address: &RelayAddress) -> Result<Self, PairError> {
        let mut builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(ANSWER_WITHIN);
        if address.is_loopback() {
            builder = builder.no_proxy();
        } else {
            builder = builder.https_only(true);
        }
        Ok(Self { http: builder.build().map_err(|e| network(&e))? })
    }

    /// Introduces this console with a link. The answer's log is the one that the link means.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn pair(&self, link: &PairingLink, name: &str, key: &DeviceKey) -> Result<PairAnswer, PairError> {
        let request = PairRequest {
            desk: link.address().desk().to_owned(),
            code: link.code().to_owned(),
            name: name.to_owned(),
            public_key: key.public(),
            fingerprint: Some(link.fingerprint().to_owned()),
        };
        let answer: PairAnswer = self
            .call(Method::POST, link.address().at("/v1/pair"), None, Some(&request))
            .await
            .map_err(|e| match e {
                PairError::Unauthorized => PairError::Code,
                other => other,
            })?;
        let log_id = hex::decode(&answer.log_id).unwrap_or_default();
        if !link.is_for(&log_id) {
            return Err(PairError::AnotherRelay);
        }
        if !is_name(&answer.device) || answer.token.is_empty() {
            return Err(PairError::NotARelay("its answer names no device".to_owned()));
        }
        Ok(answer)
    }

    /// The desk's devices.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn devices(&self, at: &RelayEndpoint) -> Result<DeviceList, PairError> {
        self.call(Method::GET, devices(at, ""), Some(at.token()), None::<&()>).await
    }

    /// A link for a further console, which this one is then asked to approve.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn new_link(&self, at: &RelayEndpoint, log_id: &[u8]) -> Result<(PairingLink, i64), PairError> {
        let url = at.address().at(&format!("/v1/desks/{}/codes", at.desk()));
        let code: NewCode = self.call(Method::POST, url, Some(at.token()), None::<&()>).await?;
        Ok((PairingLink::new(at.address().clone(), code.code, log_id), code.expires_ms))
    }

    /// Lets a device in whose words were compared.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn approve(&self, at: &RelayEndpoint, id: &str, public_key: DevicePublicKey) -> Result<(), PairError> {
        let url = device(at, id, "/approve")?;
        self.call::<_, Done>(Method::POST, url, Some(at.token()), Some(&Approval { public_key })).await.map(drop)
    }

    /// Gives a device another name.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn rename(&self, at: &RelayEndpoint, id: &str, name: &str) -> Result<(), PairError> {
        let rename = Rename { name: name.to_owned() };
        let url = device(at, id, "/name")?;
        self.call::<_, Done>(Method::POST, url, Some(at.token()), Some(&rename)).await.map(drop)
    }

    /// Removes a device: it reads nothing that comes after.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn revoke(&self, at: &RelayEndpoint, id: &str) -> Result<(), PairError> {
        self.call::<_, Done>(Method::DELETE, device(at, id, "")?, Some(at.token()), None::<&()>).await.map(drop)
    }

    async fn call<B: Serialize, T: DeserializeOwned>(
        &self,
        method: Method,
        url: Url,
        token: Option<&SecretString>,
        body: Option<&B>,
    ) -> Result<T, PairError> {
        let mut request = self.http.request(method, url);
        if let Some(token) = token {
            request = request.bearer_auth(token.expose_secret());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut response = request.send().await.map_err(|e| network(&e))?;
        let status = response.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| network(&e))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_ANSWER_BYTES {
                return Err(PairError::NotARelay("its answer is too long".to_owned()));
            }
        }
        if status.is_success() {
            return serde_json::from_slice(&bytes)
                .map_err(|_| PairError::NotARelay("its answer is no answer".to_owned()));
        }
        match status {
            StatusCode::UNAUTHORIZED => Err(PairError::Unauthorized),
            StatusCode::MISDIRECTED_REQUEST => Err(PairError::AnotherRelay),
            status if status.is_server_error() => Err(PairError::Network(format!("HTTP {}", status.as_u16()))),
            status => match serde_json::from_slice::<Refusal>(&bytes) {
                Ok(refusal) => Err(PairError::Refused(refusal.error)),
                Err(_) => Err(PairError::NotARelay(format!("HTTP {}", status.as_u16()))),
            },
        }
    }
}

/// An empty object.
#[derive(serde::Deserialize)]
struct Done {}

/// What a relay says when it refuses.
#[derive(serde::Deserialize)]
struct Refusal {
    error: String,
}

fn devices(at: &RelayEndpoint, rest: &str) -> Url {
    at.address().at(&format!("/v1/desks/{}/devices{rest}", at.desk()))
}

fn device(at: &RelayEndpoint, id: &str, action: &str) -> Result<Url, PairError> {
    if is_name(id) {
        Ok(devices(at, &format!("/{id}{action}")))
    } else {
        Err(PairError::Refused("there is no such device".to_owned()))
    }
}

/// The error in the system's words, without the address (it would hold nothing secret, but say everything twice).
fn network(error: &reqwest::Error) -> PairError {
    if error.is_timeout() {
        return PairError::Network(format!("no answer within {} s", ANSWER_WITHIN.as_secs()));
    }
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    PairError::Network(deepest.to_string())
}
