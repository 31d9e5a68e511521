//! Analytics (pricing.md §9): messages, pricing, conversations, templates. All figures are Meta's and approximate.
//!
//! ```no_run
//! use switchboard_cloud_api::{Client, analytics::{self, Filter, Granularity, Period}};
//! use switchboard_domain::ids::WabaId;
//!
//! # async fn example(client: &Client) -> Result<(), switchboard_cloud_api::CallError> {
//! let period = Period { start_s: 1_793_491_200, end_s: 1_796_083_200, granularity: Granularity::Day };
//! let filter = Filter { dimensions: vec!["PRICING_CATEGORY".to_owned()], ..Filter::default() };
//! for point in analytics::pricing(client, &WabaId::new("200000000000002"), &period, &filter).await? {
//!     println!("{point:?}");
//! }
//! # Ok(())
//! # }
//! ```

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Map, Value};
use switchboard_domain::ids::{TemplateId, WabaId};
use switchboard_domain::time::UnixMillis;

use crate::client::{CallError, Client, Page};
use crate::lenient;
use crate::limits::{LimitError, count_within};

/// From when to when, and in which steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Begin, Unix seconds.
    pub start_s: i64,
    /// End, Unix seconds.
    pub end_s: i64,
    /// `HALF_HOUR`, `DAY`/`DAILY`, `MONTH`/`MONTHLY`; which spelling depends on the figure and is set here.
    pub granularity: Granularity,
}

/// The step of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// 30 minutes.
    HalfHour,
    /// A day.
    Day,
    /// A month.
    Month,
}

impl Granularity {
    /// `analytics` says `DAY`, the others `DAILY`.
    fn word(self, plain: bool) -> &'static str {
        match (self, plain) {
            (Self::HalfHour, _) => "HALF_HOUR",
            (Self::Day, true) => "DAY",
            (Self::Day, false) => "DAILY",
            (Self::Month, true) => "MONTH",
            (Self::Month, false) => "MONTHLY",
        }
    }
}

/// Which figures to ask, beyond the period. Empty lists mean no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Numbers as Meta lists them.
    pub phone_numbers: Vec<String>,
    /// ISO codes.
    pub country_codes: Vec<String>,
    /// `COST`, `VOLUME`, `CONVERSATION`.
    pub metric_types: Vec<String>,
    /// `REGULAR`, `FREE_CUSTOMER_SERVICE`, `FREE_ENTRY_POINT` (pricing), or conversation types.
    pub types: Vec<String>,
    /// `MARKETING`, `UTILITY`, ….
    pub categories: Vec<String>,
    /// `PRICING_CATEGORY`, `COUNTRY`, `PHONE`, `TIER`, ….
    pub dimensions: Vec<String>,
}

/// One point of a series. Which keys are set depends on the figure and the dimensions.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct DataPoint {
    /// Begin.
    #[serde(deserialize_with = "lenient::secs")]
    pub start: Option<UnixMillis>,
    /// End.
    #[serde(deserialize_with = "lenient::secs")]
    pub end: Option<UnixMillis>,
    /// Messages sent.
    #[serde(deserialize_with = "lenient::int")]
    pub sent: Option<i64>,
    /// Messages delivered.
    #[serde(deserialize_with = "lenient::int")]
    pub delivered: Option<i64>,
    /// Messages counted for pricing.
    #[serde(deserialize_with = "lenient::int")]
    pub volume: Option<i64>,
    /// Conversations.
    #[serde(deserialize_with = "lenient::int")]
    pub conversation: Option<i64>,
    /// In the account's currency.
    #[serde(deserialize_with = "lenient::float")]
    pub cost: Option<f64>,
    /// Number.
    #[serde(deserialize_with = "lenient::text")]
    pub phone_number: Option<String>,
    /// ISO code.
    #[serde(deserialize_with = "lenient::text")]
    pub country: Option<String>,
    /// `1:100000`.
    #[serde(deserialize_with = "lenient::text")]
    pub tier: Option<String>,
    /// `REGULAR`, ….
    #[serde(deserialize_with = "lenient::text", alias = "conversation_type")]
    pub pricing_type: Option<String>,
    /// `MARKETING`, ….
    #[serde(deserialize_with = "lenient::text", alias = "conversation_category")]
    pub pricing_category: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The field expression of Graph: `name.start(…).end(…)…`.
fn expression(name: &str, period: &Period, filters: &[(&str, &[String])], plain: bool) -> Result<String, LimitError> {
    if period.start_s >= period.end_s {
        return Err(LimitError::new("start", "must lie before end"));
    }
    let mut out = format!(
        "{name}.start({}).end({}).granularity({})",
        period.start_s,
        period.end_s,
        period.granularity.word(plain)
    );
    for (key, values) in filters {
        if values.is_empty() {
            continue;
        }
        // Values stand inside brackets of an expression, so nothing but plain words may enter it.
        let plain_word = |v: &String| {
            !v.is_empty() && v.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'+' || b == b':')
        };
        if !values.iter().all(plain_word) {
            return Err(LimitError::new(*key, "may have words of letters, digits, _ and + only"));
        }
        let quoted: Vec<String> = values.iter().map(|v| format!("\"{v}\"")).collect();
        // Writing into a String cannot fail.
        let _ = write!(out, ".{key}([{}])", quoted.join(","));
    }
    Ok(out)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Series {
    data_points: Vec<DataPoint>,
    data: Vec<SeriesData>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SeriesData {
    data_points: Vec<DataPoint>,
}

async fn ask(client: &Client, waba: &WabaId, name: &str, expression: String) -> Result<Vec<DataPoint>, CallError> {
    let answer: Map<String, Value> =
        client.get("reading analytics", &[waba.as_str()], &[("fields", expression)]).await?;
    // Without data Graph leaves the whole key out.
    let Some(series) = answer.get(name) else { return Ok(Vec::new()) };
    let series: Series = serde_json::from_value(series.clone()).map_err(|e| CallError::Unreadable {
        call: "reading analytics",
        status: 200,
        problem: crate::client::describe(&e),
    })?;
    let mut points = series.data_points;
    points.extend(series.data.into_iter().flat_map(|d| d.data_points));
    Ok(points)
}

/// Messages sent and delivered; one year back.
///
/// # Errors
/// [`CallError`].
pub async fn messages(
    client: &Client,
    waba: &WabaId,
    period: &Period,
    filter: &Filter,
) -> Result<Vec<DataPoint>, CallError> {
    let filters: [(&str, &[String]); 2] =
        [("phone_numbers", &filter.phone_numbers), ("country_codes", &filter.country_codes)];
    ask(client, waba, "analytics", expression("analytics", period, &filters, true)?).await
}

/// Volume and cost by category, type, country, number, tier; one year back.
///
/// # Errors
/// [`CallError`].
pub async fn pricing(
    client: &Client,
    waba: &WabaId,
    period: &Period,
    filter: &Filter,
) -> Result<Vec<DataPoint>, CallError> {
    let has = |d: &str| filter.dimensions.iter().any(|x| x == d);
    if has("TIER") && !(has("PRICING_CATEGORY") && has("COUNTRY")) {
        return Err(LimitError::new("dimensions", "TIER needs PRICING_CATEGORY and COUNTRY too").into());
    }
    let filters: [(&str, &[String]); 6] = [
        ("phone_numbers", &filter.phone_numbers),
        ("country_codes", &filter.country_codes),
        ("metric_types", &filter.metric_types),
        ("pricing_types", &filter.types),
        ("pricing_categories", &filter.categories),
        ("dimensions", &filter.dimensions),
    ];
    ask(client, waba, "pricing_analytics", expression("pricing_analytics", period, &filters, false)?).await
}

/// Conversations (the model until June 2025).
///
/// # Errors
/// [`CallError`].
pub async fn conversations(
    client: &Client,
    waba: &WabaId,
    period: &Period,
    filter: &Filter,
) -> Result<Vec<DataPoint>, CallError> {
    let filters: [(&str, &[String]); 6] = [
        ("phone_numbers", &filter.phone_numbers),
        ("country_codes", &filter.country_codes),
        ("metric_types", &filter.metric_types),
        ("conversation_types", &filter.types),
        ("conversation_categories", &filter.categories),
        ("dimensions", &filter.dimensions),
    ];
    ask(client, waba, "conversation_analytics", expression("conversation_analytics", period, &filters, false)?).await
}

/// Which way a template was sent; ask both and add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProductType {
    /// `/messages`.
    CloudApi,
    /// `/marketing_messages`.
    MarketingMessages,
}

impl ProductType {
    const fn word(self) -> &'static str {
        match self {
            Self::CloudApi => "CLOUD_API",
            Self::MarketingMessages => "MARKETING_MESSAGES_API_FOR_WHATSAPP",
        }
    }
}

/// A series of templates.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct TemplateSeries {
    /// `DAILY`.
    #[serde(deserialize_with = "lenient::text")]
    pub granularity: Option<String>,
    /// `cloud_api`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub product_type: Option<String>,
    /// The points.
    #[serde(deserialize_with = "lenient::or_default")]
    pub data_points: Vec<TemplatePoint>,
}

/// A day of a template.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct TemplatePoint {
    /// Which template.
    #[serde(deserialize_with = "lenient::id")]
    pub template_id: Option<TemplateId>,
    /// Begin of the day: Unix seconds, or a date with the account's time zone.
    #[serde(deserialize_with = "lenient::text")]
    pub start: Option<String>,
    /// Its end.
    #[serde(deserialize_with = "lenient::text")]
    pub end: Option<String>,
    /// Sent.
    #[serde(deserialize_with = "lenient::int")]
    pub sent: Option<i64>,
    /// Delivered.
    #[serde(deserialize_with = "lenient::int")]
    pub delivered: Option<i64>,
    /// Read.
    #[serde(deserialize_with = "lenient::int")]
    pub read: Option<i64>,
    /// Clicks per button.
    #[serde(deserialize_with = "lenient::or_default")]
    pub clicked: Vec<Map<String, Value>>,
    /// Costs.
    #[serde(deserialize_with = "lenient::or_default")]
    pub cost: Vec<Map<String, Value>>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Days of up to ten templates, over all pages; 90 days back. Insights must be switched on first (200007).
///
/// # Errors
/// [`CallError`].
pub async fn templates(
    client: &Client,
    waba: &WabaId,
    template_ids: &[TemplateId],
    start_s: i64,
    end_s: i64,
    product: ProductType,
) -> Result<Vec<TemplateSeries>, CallError> {
    count_within("template_ids", template_ids.len(), 1, 10)?;
    if start_s >= end_s {
        return Err(LimitError::new("start", "must lie before end").into());
    }
    let ids: Vec<&str> = template_ids.iter().map(TemplateId::as_str).collect();
    let mut series = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut query = vec![
            ("start", start_s.to_string()),
            ("end", end_s.to_string()),
            ("granularity", "DAILY".to_owned()),
            ("template_ids", Value::from(ids.clone()).to_string()),
            ("metric_types", r#"["SENT","DELIVERED","READ","CLICKED","COST"]"#.to_owned()),
            ("product_type", product.word().to_owned()),
        ];
        query.extend(after.take().map(|a| ("after", a)));
        let page: Page<TemplateSeries> =
            client.get("reading template analytics", &[waba.as_str(), "template_analytics"], &query).await?;
        let next = page.next_cursor().map(str::to_owned);
        let empty = page.data.is_empty();
        series.extend(page.data);
        match next {
            Some(cursor) if !empty => after = Some(cursor),
            _ => return Ok(series),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use super::*;

    #[test]
    fn the_expression_is_graphs_and_nothing_foreign_enters_it() {
        let period = Period { start_s: 1, end_s: 2, granularity: Granularity::Day };
        let dims = ["COUNTRY".to_owned()];
        let made = expression("pricing_analytics", &period, &[("dimensions", &dims)], false).unwrap();
        assert_eq!(made, r#"pricing_analytics.start(1).end(2).granularity(DAILY).dimensions(["COUNTRY"])"#);
        let bad = ["X\"]),id".to_owned()];
        assert!(expression("analytics", &period, &[("country_codes", &bad)], true).is_err());
        let backwards = Period { start_s: 2, end_s: 2, granularity: Granularity::Month };
        assert!(expression("analytics", &backwards, &[], true).is_err());
    }
}
