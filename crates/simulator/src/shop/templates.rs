//! The shop's templates: several categories, states, languages and shapes.

use serde_json::{Value, json};

use crate::crowd::draw::Draw;
use crate::model::template::Template;

/// Days in milliseconds.
const DAY: i64 = 86_400_000;

/// All templates of a new practice account.
pub(crate) fn templates(seed: u64, now_ms: i64) -> Vec<Template> {
    let mut draw = Draw::new(seed, "ids", "templates", 0);
    let mut list = marketing();
    list.extend(utility());
    list.extend(authentication());
    list.into_iter()
        .map(|given| {
            let created = now_ms.saturating_sub(given.age_days.saturating_mul(DAY));
            let paused = given.status == "PAUSED";
            Template {
                name: given.name.to_owned(),
                language: given.language.to_owned(),
                status: given.status.to_owned(),
                category: given.category.to_owned(),
                parameter_format: if given.named { String::from("NAMED") } else { String::from("POSITIONAL") },
                components: given.components.as_array().cloned().unwrap_or_default(),
                rejected_reason: given.rejected.map(str::to_owned),
                quality: given.quality.to_owned(),
                pauses: u32::from(paused),
                pause_kind: paused.then(|| String::from("pacing")),
                ..Template::fresh(format!("3{:014}", draw.bits() % 100_000_000_000_000), created)
            }
            .compile()
        })
        .collect()
}

struct Given {
    name: &'static str,
    language: &'static str,
    category: &'static str,
    status: &'static str,
    quality: &'static str,
    named: bool,
    rejected: Option<&'static str>,
    age_days: i64,
    components: Value,
}

const APPROVED: Given = Given {
    name: "",
    language: "en_US",
    category: "MARKETING",
    status: "APPROVED",
    quality: "GREEN",
    named: false,
    rejected: None,
    age_days: 90,
    components: Value::Null,
};

fn marketing() -> Vec<Given> {
    vec![
        Given {
            name: "autumn_sale",
            components: json!([
                {"type": "HEADER", "format": "TEXT", "text": "Autumn at Tide & Timber"},
                {"type": "BODY", "text": "Hi {{1}}, our autumn sale is on: {{2}} off all serving boards and bowls until {{3}}. Come by or order online.",
                 "example": {"body_text": [["Amélie", "20 %", "Sunday"]]}},
                {"type": "FOOTER", "text": "Tide & Timber, 12 Harbour Lane, Toronto"},
                {"type": "BUTTONS", "buttons": [
                    {"type": "QUICK_REPLY", "text": "Tell me more"}, {"type": "QUICK_REPLY", "text": "Stop promotions"},
                    {"type": "URL", "text": "Open the shop", "url": "https://tide-and-timber.example/sale"}]}
            ]),
            ..APPROVED
        },
        Given {
            name: "autumn_sale",
            language: "fr_CA",
            components: json!([
                {"type": "HEADER", "format": "TEXT", "text": "L'automne chez Tide & Timber"},
                {"type": "BODY", "text": "Bonjour {{1}}, notre solde d'automne a commencé : {{2}} sur les planches et les bols jusqu'à {{3}}. À bientôt!",
                 "example": {"body_text": [["Amélie", "20 %", "dimanche"]]}},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "En savoir plus"}, {"type": "QUICK_REPLY", "text": "Se désabonner"}]}
            ]),
            ..APPROVED
        },
        Given {
            name: "new_collection",
            named: true,
            age_days: 40,
            components: json!([
                {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}},
                {"type": "BODY", "text": "Hello {{first_name}}, the {{collection}} collection is here. As one of our regulars in {{city}} you see it first. We hope you like it!",
                 "example": {"body_text_named_params": [{"param_name": "first_name", "example": "Noah"}, {"param_name": "collection", "example": "Driftwood"}, {"param_name": "city", "example": "Halifax"}]}},
                {"type": "FOOTER", "text": "Reply STOP to opt out"},
                {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Look inside", "url": "https://tide-and-timber.example/c/{{1}}", "example": ["https://tide-and-timber.example/c/driftwood"]},
                                               {"type": "QUICK_REPLY", "text": "Stop promotions"}]}
            ]),
            ..APPROVED
        },
        Given {
            name: "thank_you_note",
            quality: "UNKNOWN",
            age_days: 6,
            components: json!([
                {"type": "BODY", "text": "Thank you for being with us, {{1}}! For your next visit we put a small surprise aside. Just show this message at the counter.",
                 "example": {"body_text": [["Priya"]]}}
            ]),
            ..APPROVED
        },
        Given {
            name: "weekend_offer",
            status: "PAUSED",
            quality: "RED",
            age_days: 30,
            components: json!([
                {"type": "BODY", "text": "Only this weekend: {{1}} for the price of one. Everything must go, hurry up!", "example": {"body_text": [["two mugs"]]}},
                {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "WEEKEND2"}]}
            ]),
            ..APPROVED
        },
        Given {
            name: "win_back",
            status: "REJECTED",
            quality: "UNKNOWN",
            rejected: Some("INVALID_FORMAT"),
            age_days: 3,
            components: json!([{"type": "BODY", "text": "We miss you, {{1}}", "example": {"body_text": [["Liam"]]}}]),
            ..APPROVED
        },
    ]
}

fn utility() -> Vec<Given> {
    vec![
        Given {
            name: "order_ready",
            category: "UTILITY",
            age_days: 200,
            components: json!([
                {"type": "BODY", "text": "Hi {{1}}, your order {{2}} is ready for pick-up at {{3}}. Please bring this message with you.",
                 "example": {"body_text": [["Chloé", "TT-2041", "12 Harbour Lane"]]}},
                {"type": "FOOTER", "text": "Tide & Timber"},
                {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Order details", "url": "https://tide-and-timber.example/o/{{1}}", "example": ["https://tide-and-timber.example/o/TT-2041"]},
                                               {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+14165550100"}]}
            ]),
            ..APPROVED
        },
        Given {
            name: "delivery_update",
            category: "UTILITY",
            named: true,
            age_days: 120,
            components: json!([
                {"type": "HEADER", "format": "TEXT", "text": "Delivery for {{first_name}}", "example": {"header_text_named_params": [{"param_name": "first_name", "example": "Mateo"}]}},
                {"type": "BODY", "text": "Your parcel {{parcel}} will arrive on {{day}} between {{window}}. Does that work for you?",
                 "example": {"body_text_named_params": [{"param_name": "parcel", "example": "TT-88"}, {"param_name": "day", "example": "Friday"}, {"param_name": "window", "example": "9 and 12"}]}},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "That works"}, {"type": "QUICK_REPLY", "text": "Another day"}]}
            ]),
            ..APPROVED
        },
        Given {
            name: "delivery_update",
            language: "fr_CA",
            category: "UTILITY",
            named: true,
            age_days: 120,
            components: json!([
                {"type": "HEADER", "format": "TEXT", "text": "Livraison pour {{first_name}}", "example": {"header_text_named_params": [{"param_name": "first_name", "example": "Mateo"}]}},
                {"type": "BODY", "text": "Votre colis {{parcel}} arrivera {{day}} entre {{window}}. Est-ce que cela vous convient?",
                 "example": {"body_text_named_params": [{"param_name": "parcel", "example": "TT-88"}, {"param_name": "day", "example": "vendredi"}, {"param_name": "window", "example": "9 h et 12 h"}]}},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Oui"}, {"type": "QUICK_REPLY", "text": "Un autre jour"}]}
            ]),
            ..APPROVED
        },
        Given {
            name: "invoice_attached",
            category: "UTILITY",
            age_days: 60,
            components: json!([
                {"type": "HEADER", "format": "DOCUMENT", "example": {"header_handle": ["4::cGRm"]}},
                {"type": "BODY", "text": "Hello {{1}}, here is the invoice for your order {{2}}. Thank you for shopping with us.", "example": {"body_text": [["Hassan", "TT-2042"]]}}
            ]),
            ..APPROVED
        },
        Given {
            name: "repair_finished",
            category: "UTILITY",
            status: "PENDING",
            quality: "UNKNOWN",
            age_days: 0,
            components: json!([
                {"type": "BODY", "text": "Good news, {{1}}: the repair of your {{2}} is finished. You can pick it up from tomorrow.", "example": {"body_text": [["Ingrid", "oak shelf"]]}}
            ]),
            ..APPROVED
        },
    ]
}

fn authentication() -> Vec<Given> {
    vec![Given {
        name: "sign_in_code",
        category: "AUTHENTICATION",
        age_days: 150,
        components: json!([
            {"type": "BODY", "text": "*{{1}}* is your verification code. For your security, do not share this code.", "add_security_recommendation": true, "example": {"body_text": [["123456"]]}},
            {"type": "FOOTER", "text": "This code expires in 10 minutes.", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy code", "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
                                           "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456"]}]}
        ]),
        ..APPROVED
    }]
}
