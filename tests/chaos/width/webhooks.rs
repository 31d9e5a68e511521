//! The webhooks of the in-memory Meta, as Meta writes them (webhooks.md).

use serde_json::{Value, json};

pub const WABA: &str = "200";
pub const NUMBER: &str = "106540352242922";
/// The numbers of the portfolio; messages come in for the first.
pub const NUMBERS: [&str; 3] = [NUMBER, "106540352242923", "106540352242924"];

fn change(field: &str, value: Value) -> Value {
    json!({ "object": "whatsapp_business_account",
            "entry": [{ "id": WABA, "changes": [{ "field": field, "value": value }] }] })
}

fn metadata(number: &str) -> Value {
    json!({ "display_phone_number": "14165550100", "phone_number_id": number })
}

/// A status of a message of ours.
pub struct Status<'a> {
    pub wamid: &'a str,
    pub number: &'a str,
    pub category: &'a str,
    pub word: &'a str,
    pub at_ms: i64,
    pub recipient: &'a str,
    pub correlation: Option<&'a str>,
    pub code: Option<i64>,
}

pub fn status(s: &Status<'_>) -> Value {
    let mut status = json!({ "id": s.wamid, "status": s.word, "timestamp": (s.at_ms / 1000).to_string(),
        "recipient_id": s.recipient });
    if let Some(correlation) = s.correlation {
        status["biz_opaque_callback_data"] = json!(correlation);
    }
    if let Some(code) = s.code {
        status["errors"] = json!([{ "code": code, "title": "t", "message": "m", "error_data": { "details": "d" } }]);
    } else {
        status["pricing"] =
            json!({ "billable": true, "pricing_model": "PMP", "type": "regular", "category": s.category });
    }
    change("messages", json!({ "messaging_product": "whatsapp", "metadata": metadata(s.number), "statuses": [status] }))
}

/// A person writes. Both ids, or the one that Meta shows.
pub fn text(wamid: &str, wa_id: Option<&str>, bsuid: Option<&str>, at_ms: i64, body: &str) -> Value {
    let mut contact = json!({});
    let mut message = json!({ "id": wamid, "timestamp": (at_ms / 1000).to_string(), "type": "text",
        "text": { "body": body } });
    if let Some(id) = wa_id {
        contact["wa_id"] = json!(id);
        message["from"] = json!(id);
    }
    if let Some(id) = bsuid {
        contact["user_id"] = json!(id);
        message["from_user_id"] = json!(id);
    }
    change(
        "messages",
        json!({ "messaging_product": "whatsapp", "metadata": metadata(NUMBER), "contacts": [contact], "messages": [message] }),
    )
}

/// "Stop marketing messages" in WhatsApp's own settings.
pub fn preference_stop(wa_id: &str, at_ms: i64) -> Value {
    change(
        "user_preferences",
        json!({ "messaging_product": "whatsapp", "metadata": metadata(NUMBER), "contacts": [{ "wa_id": wa_id }],
            "user_preferences": [{ "wa_id": wa_id, "category": "marketing_messages", "value": "stop",
                "timestamp": at_ms / 1000 }] }),
    )
}

/// A template's state changes.
pub fn template(event: &str, template_id: &str, name: &str) -> Value {
    change(
        "message_template_status_update",
        json!({ "event": event, "message_template_id": template_id, "message_template_name": name,
            "message_template_language": "en_US", "reason": "NONE" }),
    )
}

/// Meta disables the account (webhooks.md §7.2).
pub fn account_disabled() -> Value {
    change(
        "account_update",
        json!({ "event": "DISABLED_UPDATE", "ban_info": { "waba_ban_state": "DISABLE", "waba_ban_date": "November 22, 2026" } }),
    )
}
