//! What Meta's answers say about budget and time in their headers (account.md §9).

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde::Deserialize;
use switchboard_domain::time::UnixMillis;

use crate::lenient;

/// `X-App-Usage`: percent of the app's hourly budget, 100 meaning throttled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct AppUsage {
    /// Percent of the allowed calls.
    #[serde(default, deserialize_with = "percent")]
    pub call_count: f64,
    /// Percent of the allowed total time.
    #[serde(default, deserialize_with = "percent")]
    pub total_time: f64,
    /// Percent of the allowed processor time.
    #[serde(default, deserialize_with = "percent")]
    pub total_cputime: f64,
}

/// One entry of `X-Business-Use-Case-Usage`. Its `type` is unconfirmed for WhatsApp and therefore not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct BusinessUsage {
    /// Percent of the allowed calls.
    #[serde(default, deserialize_with = "percent")]
    pub call_count: f64,
    /// Percent of the allowed total time.
    #[serde(default, deserialize_with = "percent")]
    pub total_time: f64,
    /// Percent of the allowed processor time.
    #[serde(default, deserialize_with = "percent")]
    pub total_cputime: f64,
    /// Minutes until calls are allowed again; zero when they are.
    #[serde(default, deserialize_with = "percent", rename = "estimated_time_to_regain_access")]
    pub regain_access_minutes: f64,
}

fn percent<'de, D: serde::Deserializer<'de>>(d: D) -> Result<f64, D::Error> {
    Ok(lenient::float(d)?.unwrap_or_default())
}

/// Both usage headers and `Retry-After`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// `X-App-Usage`.
    pub app: Option<AppUsage>,
    /// `X-Business-Use-Case-Usage` by business object id (the WABA).
    pub business: BTreeMap<String, Vec<BusinessUsage>>,
    /// `Retry-After` in seconds, should one ever come.
    pub retry_after: Option<Duration>,
}

impl Usage {
    /// Reads the headers of an answer; what cannot be read is absent.
    pub fn read(headers: &HeaderMap) -> Self {
        let json = |name: &str| headers.get(name).map(|v| v.as_bytes());
        Self {
            app: json("x-app-usage").and_then(|b| serde_json::from_slice(b).ok()),
            business: json("x-business-use-case-usage")
                .and_then(|b| serde_json::from_slice(b).ok())
                .unwrap_or_default(),
            retry_after: headers
                .get(RETRY_AFTER)
                .and_then(|v| v.to_str().ok())
                .and_then(|s| s.trim().parse().ok())
                .map(Duration::from_secs),
        }
    }

    /// Whether no usage header came.
    pub fn is_empty(&self) -> bool {
        self.app.is_none() && self.business.is_empty() && self.retry_after.is_none()
    }

    /// The highest percentage of any budget; slow down from about 75 (account.md §9).
    pub fn highest_percent(&self) -> f64 {
        let app = self.app.iter().flat_map(|a| [a.call_count, a.total_time, a.total_cputime]);
        let business = self.business.values().flatten().flat_map(|b| [b.call_count, b.total_time, b.total_cputime]);
        app.chain(business).fold(0.0, f64::max)
    }

    /// How long the headers ask us to wait: `Retry-After`, else the longest `estimated_time_to_regain_access`.
    pub fn asked_wait(&self) -> Option<Duration> {
        let minutes = self.business.values().flatten().map(|b| b.regain_access_minutes).fold(0.0, f64::max);
        self.retry_after.or_else(|| {
            (minutes > 0.0).then(|| Duration::try_from_secs_f64(minutes * 60.0).unwrap_or(Duration::from_secs(3600)))
        })
    }
}

/// The `Date` header.
pub(super) fn date(headers: &HeaderMap) -> Option<UnixMillis> {
    let text = headers.get(DATE)?.to_str().ok()?;
    let since = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(UnixMillis::from_secs)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use super::*;
    use reqwest::header::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn usage_headers_become_percentages_and_a_wait() {
        let u = Usage::read(&headers(&[
            ("x-app-usage", r#"{"call_count":28,"total_time":"25","total_cputime":25.5}"#),
            (
                "x-business-use-case-usage",
                r#"{"200":[{"type":"?","call_count":91,"total_cputime":15,"total_time":12,"estimated_time_to_regain_access":7}]}"#,
            ),
        ]));
        assert_eq!(u.highest_percent(), 91.0);
        assert_eq!(u.asked_wait(), Some(Duration::from_secs(420)));
    }

    #[test]
    fn unreadable_headers_are_absent_not_an_error() {
        let u = Usage::read(&headers(&[("x-app-usage", "many"), ("retry-after", "Sun, 22 Nov 2026 00:00:00 GMT")]));
        assert!(u.is_empty());
        assert_eq!(date(&headers(&[("date", "yesterday")])), None);
    }

    #[test]
    fn the_date_header_becomes_a_moment() {
        let d = date(&headers(&[("date", "Sun, 22 Nov 2026 00:00:00 GMT")]));
        assert_eq!(d, Some(UnixMillis::new(1_795_305_600_000)));
    }
}
