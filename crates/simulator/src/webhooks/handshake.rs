//! The verification handshake that comes with every configured callback (webhooks.md §1.1).

use std::time::Duration;

use url::Url;

/// Why a callback was not accepted, in the words of Graph's error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub(crate) String);

/// Asks the callback to echo a challenge.
pub(crate) async fn verify(http: &reqwest::Client, callback: &str, verify_token: &str) -> Result<(), Refused> {
    if callback.len() > 200 {
        return Err(Refused(String::from("The callback URL is longer than 200 characters.")));
    }
    let mut url = Url::parse(callback).map_err(|_| Refused(String::from("The callback is not a URL.")))?;
    let challenge = (rand::random::<u32>() % 2_000_000_000).to_string();
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", verify_token);
    let answer = http.get(url).timeout(Duration::from_secs(10)).send().await.map_err(|error| {
        Refused(if error.is_timeout() {
            String::from("The callback did not answer in time.")
        } else {
            String::from("The callback could not be reached.")
        })
    })?;
    let status = answer.status().as_u16();
    if status != 200 {
        return Err(Refused(format!(
            "HTTP Status Code = {status}; HTTP Message = {}",
            answer.status().canonical_reason().unwrap_or_default()
        )));
    }
    let body =
        answer.text().await.map_err(|_| Refused(String::from("The answer of the callback could not be read.")))?;
    if body == challenge { Ok(()) } else { Err(Refused(String::from("The callback did not return the challenge."))) }
}
