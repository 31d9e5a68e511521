//! The fictional business of the practice account: Tide & Timber, homeware made of wood and clay.

mod list;
mod templates;
mod threads;

use serde_json::{Map, Value, json};

use crate::crowd::draw::Draw;
use crate::model::account::{Account, Number};

pub use list::sample_list_csv;
pub(crate) use templates::templates;
pub(crate) use threads::write_threads;

/// The business's name as customers see it. Fictional.
pub const SHOP_NAME: &str = "Tide & Timber";

/// The business number: a reserved example number of Toronto.
pub(crate) const DIGITS: &str = "14165550100";

/// The account and its number; ids follow from the seed.
pub(crate) fn account(seed: u64, subscribed: bool, limits: bool) -> (Account, Number) {
    let mut draw = Draw::new(seed, "ids", "account", 0);
    let mut id = |prefix: u64| format!("{prefix}{:014}", draw.bits() % 100_000_000_000_000);
    let (waba, number, business, app) = (id(2), id(1), id(9), id(4));
    let limit = if limits { "TIER_10K" } else { "TIER_UNLIMITED" };
    let fields = object(json!({
        "name": "Tide & Timber", "status": "ACTIVE", "account_review_status": "APPROVED", "business_verification_status": "verified", "country": "CA",
        "currency": "USD", "timezone_id": "35", "ownership_type": "SELF_OWNED", "primary_business_location": "CA", "is_enabled_for_insights": true,
        "message_template_namespace": format!("{:08x}_tide_timber", draw.bits() & 0xffff_ffff), "marketing_messages_onboarding_status": "ONBOARDED",
        "disable_marketing_messages_on_cloud_api": false, "template_auto_archival_enabled": true, "creation_time": 1_714_521_600, "primary_funding_id": "700000000000001",
    }));
    let account = Account {
        id: waba,
        business_id: business,
        app_id: app,
        fields,
        subscribed,
        override_callback: None,
        app_callback: None,
        app_fields: None,
        messaging_limit: limit.to_owned(),
        restricted: None,
        closed_countries: Vec::new(),
        direct_send: false,
    };
    let level = if limits { "STANDARD" } else { "HIGH" };
    let number = Number {
        id: number,
        digits: DIGITS.to_owned(),
        fields: object(json!({
            "display_phone_number": "+1 416-555-0100", "verified_name": "Tide & Timber", "quality_rating": "GREEN", "quality_score": {"score": "GREEN"}, "status": "CONNECTED",
            "name_status": "APPROVED", "code_verification_status": "VERIFIED", "throughput": {"level": level}, "account_mode": "LIVE", "platform_type": "CLOUD_API",
            "host_platform": "CLOUD_API", "is_official_business_account": false, "is_on_biz_app": false, "last_onboarded_time": "2026-05-01T13:00:00+0000",
            "search_visibility": "NON_VISIBLE", "official_business_account": {"oba_status": "NOT_STARTED"},
        })),
        allow_list: Vec::new(),
        override_callback: None,
        profile: object(json!({
            "messaging_product": "whatsapp", "about": "Homeware made of wood and clay", "address": "12 Harbour Lane, Toronto", "description": "Boards, bowls and shelves, made slowly.",
            "email": "hello@tide-and-timber.example", "websites": ["https://tide-and-timber.example/"], "vertical": "RETAIL",
        })),
        settings: Map::new(),
        automation: Map::new(),
        links: Vec::new(),
        pin: Some(String::from("204060")),
        registrations_ms: Vec::new(),
        username: None,
        upgrading: false,
    };
    (account, number)
}

/// The map of a JSON object literal.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
