//! A corpus of templates: sixty that are fine, and sixty with one named fault each.
//!
//! The fine ones may be warned about as little as possible and blocked never; each faulty one must break its rule.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::{Value, json};

use crate::Rule;

/// A utility template with a body and its samples.
fn utility(name: &str, language: &str, body: &str, samples: &[&str]) -> Value {
    template(name, language, "UTILITY", body, samples, &[])
}

/// A marketing template that offers a way out.
fn marketing(name: &str, language: &str, body: &str, samples: &[&str], way_out: &str) -> Value {
    template(name, language, "MARKETING", body, samples, &[json!({"type": "QUICK_REPLY", "text": way_out})])
}

fn template(name: &str, language: &str, category: &str, body: &str, samples: &[&str], buttons: &[Value]) -> Value {
    let mut part = json!({"type": "BODY", "text": body});
    if !samples.is_empty() {
        part["example"] = json!({"body_text": [samples]});
    }
    let mut components = vec![part];
    if !buttons.is_empty() {
        components.push(json!({"type": "BUTTONS", "buttons": buttons}));
    }
    json!({"name": name, "language": language, "category": category, "components": components})
}

fn named(name: &str, category: &str, body: &str, samples: &[(&str, &str)]) -> Value {
    let samples: Vec<Value> =
        samples.iter().map(|(name, sample)| json!({"param_name": name, "example": sample})).collect();
    json!({"name": name, "language": "en_US", "category": category, "parameter_format": "NAMED",
        "components": [{"type": "BODY", "text": body, "example": {"body_text_named_params": samples}}]})
}

/// With a component before the body.
fn headed(header: Value, mut template: Value) -> Value {
    template["components"].as_array_mut().unwrap().insert(0, header);
    template
}

/// With a component after the others.
fn and(mut template: Value, component: Value) -> Value {
    template["components"].as_array_mut().unwrap().push(component);
    template
}

fn buttons(list: Value) -> Value {
    json!({"type": "BUTTONS", "buttons": list})
}

fn url(text: &str, url: &str) -> Value {
    if url.contains("{{") {
        json!({"type": "URL", "text": text, "url": url, "example": ["https://shop.example/a/1"]})
    } else {
        json!({"type": "URL", "text": text, "url": url})
    }
}

fn image() -> Value {
    json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}})
}

fn authentication(otp: Value) -> Value {
    json!({"name": "login_code", "language": "en_US", "category": "AUTHENTICATION", "message_send_ttl_seconds": 60,
        "components": [{"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [otp]}]})
}

fn card(label: &str) -> Value {
    json!({"components": [image(), {"type": "BODY", "text": "A pot thrown by hand, glazed in blue."}, buttons(json!([url(label, "https://shop.example/pots/{{1}}")]))]})
}

fn carousel(cards: Vec<Value>) -> Value {
    json!({"name": "pots", "language": "en_US", "category": "MARKETING", "components": [
        {"type": "BODY", "text": "New pots are in the window. Reply stop if you would rather not hear from us."}, {"type": "CAROUSEL", "cards": cards}]})
}

fn offer(text: &str, list: Value) -> Value {
    json!({"name": "weekend", "language": "en_US", "category": "MARKETING", "components": [image(),
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": text, "has_expiration": true}},
        {"type": "BODY", "text": "This weekend every cup costs less, in the shop and online. Reply stop for no more of these."}, buttons(list)]})
}

/// Templates that review takes.
#[rustfmt::skip]
pub(crate) fn fine() -> Vec<Value> {
    vec![
        utility("order_confirmed", "en_US", "Thank you, {{1}}. We have your order {{2}} and are packing it now.", &["Ana", "4711"]),
        utility("order_shipped", "en_GB", "Good news: your order {{1}} left our workshop today and should be with you by {{2}}, weather permitting.", &["4711", "Friday"]),
        utility("order_delayed", "en_CA", "We are sorry: your delivery {{1}} is late. The new date is {{2}}. Nothing to do for you.", &["A-118", "4 May"]),
        utility("pickup_ready", "en", "Your order {{1}} is ready for collection at our counter until {{2}} today.", &["4711", "18:00"]),
        utility("appointment_tomorrow", "en_US", "A reminder of your appointment tomorrow at {{1}} with {{2}}. Reply if you cannot come.", &["10:30", "Dr. Prova"]),
        utility("invoice_due", "en_US", "Your invoice {{1}} over {{2}} is due on {{3}}. If you have paid already, thank you.", &["2026-118", "80 CAD", "1 June"]),
        utility("payment_received", "en_US", "We have received your payment of {{1}} for invoice {{2}}. Thank you.", &["80 CAD", "2026-118"]),
        utility("refund_sent", "en_US", "Your refund of {{1}} is on its way and should arrive within {{2}} working days.", &["25 CAD", "3"]),
        utility("booking_changed", "en_US", "Your booking {{1}} was moved to {{2}} as you asked us by phone.", &["R-9", "2 July, 19:00"]),
        utility("table_confirmed", "en_US", "Your table for {{1}} on {{2}} is confirmed. We look forward to your visit.", &["four", "Friday at 8"]),
        utility("parcel_at_neighbour", "en_US", "Your parcel {{1}} was left with a neighbour, at door {{2}}, at noon.", &["P-77", "12b"]),
        utility("account_closed", "en_US", "Your account is closed now, as you asked. You can open it again within 30 days."  , &[]),
        utility("ticket_answered", "en_US", "There is an answer to your request {{1}}. You can read it in your account or write back here.", &["S-31"]),
        utility("prescription", "en_US", "Your prescription is ready. Please bring a card with your photo when you pick it up.", &[]),
        utility("recall", "en_US", "A safety notice about the kettle that you bought: please stop using it and bring it back to us.", &[]),
        utility("lesson_moved", "en_US", "Your class on {{1}} starts half an hour later, at {{2}}, in the same room.", &["Monday", "18:30"]),
        utility("repair_done", "en_US", "Your repair {{1}} is done. The bill is {{2}}, and we are open until six.", &["R-5", "40 CAD"]),
        utility("pedido_enviado", "es", "Hola {{1}}, su pedido {{2}} salió hoy y llegará el {{3}} por la tarde.", &["Ana", "4711", "viernes"]),
        utility("cita_manana", "es_MX", "Le recordamos su cita de mañana a las {{1}} en nuestra clínica.", &["10:30"]),
        utility("pedido_pronto", "pt_BR", "Olá {{1}}, seu pedido {{2}} está pronto para retirada na loja.", &["Ana", "4711"]),
        utility("commande_partie", "fr", "Bonjour {{1}}, votre commande {{2}} est partie ce matin de notre atelier.", &["Anne", "4711"]),
        utility("rendez_vous", "fr_CA", "Votre rendez-vous est confirmé pour le {{1}} à {{2}} dans nos bureaux.", &["4 mai", "10 h"]),
        utility("bestellung_unterwegs", "de", "Guten Tag {{1}}, Ihre Bestellung {{2}} ist unterwegs und kommt am {{3}} bei Ihnen an.", &["Frau Beispiel", "4711", "Freitag"]),
        utility("termin", "de_AT", "Wir erinnern an Ihren Termin am {{1}} um {{2}} in unserer Praxis.", &["4. Mai", "10 Uhr"]),
        utility("ordine_spedito", "it", "Ciao {{1}}, il tuo ordine {{2}} è partito oggi dal nostro laboratorio.", &["Anna", "4711"]),
        utility("bestelling_klaar", "nl", "Hallo {{1}}, uw bestelling {{2}} ligt klaar in onze winkel.", &["Anna", "4711"]),
        utility("zamowienie", "pl", "Dzień dobry {{1}}, Twoje zamówienie {{2}} jest już w drodze do Ciebie.", &["Anno", "4711"]),
        utility("siparis", "tr", "Merhaba {{1}}, siparişiniz {{2}} bugün kargoya verildi ve yolda.", &["Ayşe", "4711"]),
        utility("zakaz", "ru", "Здравствуйте, {{1}}! Ваш заказ {{2}} уже в пути, ждите курьера сегодня.", &["Анна", "4711"]),
        utility("talab", "ar", "مرحبا {{1}}، طلبك رقم {{2}} في الطريق إليك اليوم.", &["سارة", "4711"]),
        utility("order_hi", "hi", "नमस्ते {{1}}, आपका ऑर्डर {{2}} आज भेज दिया गया है।", &["आशा", "4711"]),
        utility("chumon", "ja", "お知らせです。{{1}}様のご注文は本日発送いたしました。番号は{{2}}です。ありがとうございます。", &["山田", "4711"]),
        named("order_named", "UTILITY", "Hello {{first_name}}, your order {{order_number}} ships on {{ship_date}} from our workshop.", &[("first_name", "Ana"), ("order_number", "4711"), ("ship_date", "4 May")]),
        named("invoice_named", "UTILITY", "Your invoice over {{amount}} is due on {{due_date}}. You can pay at the counter as well.", &[("amount", "80 CAD"), ("due_date", "1 June")]),
        and(utility("track", "en_US", "Your parcel is on its way. The button shows where it is right now.", &[]), buttons(json!([url("Track it", "https://shop.example/track/{{1}}")]))),
        and(utility("feedback", "en_US", "Thank you for your visit. How was your appointment with us?", &[]), buttons(json!([{"type": "QUICK_REPLY", "text": "Good"}, {"type": "QUICK_REPLY", "text": "So so"}, {"type": "QUICK_REPLY", "text": "Bad"}]))),
        and(utility("call_us", "en_US", "We could not deliver your parcel today. Please call us to agree on another day.", &[]), buttons(json!([{"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+14165550123"}]))),
        headed(json!({"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["4711"]}}), utility("headed", "en_US", "Your order is packed and leaves our workshop today.", &[])),
        headed(json!({"type": "HEADER", "format": "DOCUMENT", "example": {"header_handle": ["4::cGRm"]}}), utility("invoice_pdf", "en_US", "Here is the invoice for your order {{1}}, as a file to keep.", &["4711"])),
        headed(json!({"type": "HEADER", "format": "LOCATION"}), utility("where", "en_US", "Your booking is confirmed. This is where you will find us.", &[])),
        and(utility("footed", "en_US", "Your order {{1}} has arrived in our shop and waits for you.", &["4711"]), json!({"type": "FOOTER", "text": "Open Monday to Saturday"})),
        and(utility("call_permission", "en_US", "About your request {{1}}: may we call you to talk about it?", &["S-31"]), json!({"type": "call_permission_request"})),
        marketing("spring", "en_US", "Spring is here, {{1}}, and so are our new cups. Come and hold one in your hands.", &["Ana"], "Stop promotions"),
        marketing("back_in_stock", "en_GB", "The blue bowl is back. It sold out in a week last time, so do not wait too long.", &[], "Not interested"),
        marketing("birthday", "en_US", "Happy birthday, {{1}}! A small present waits for you at our counter this week.", &["Ana"], "Stop promotions"),
        marketing("workshop", "en_US", "On {{1}} we throw pots together. Eight places, no experience needed, clay included.", &["4 May"], "No more of these"),
        marketing("oferta", "es", "Hola {{1}}, esta semana todas las tazas tienen un 20 % de descuento en la tienda.", &["Ana"], "Darme de baja"),
        marketing("promocao", "pt_BR", "Oi {{1}}, a nova coleção de canecas chegou e está linda. Venha ver na loja.", &["Ana"], "Sair"),
        marketing("soldes", "fr", "Bonjour {{1}}, les soldes commencent samedi dans notre boutique, à dix heures.", &["Anne"], "Me désabonner"),
        marketing("angebot", "de", "Hallo {{1}}, diese Woche gibt es 20 % Rabatt auf alle Tassen bei uns im Laden.", &["Frau Beispiel"], "Abmelden"),
        marketing("saldi", "it", "Ciao {{1}}, da sabato ci sono i saldi nel nostro negozio di ceramica.", &["Anna"], "Disiscriviti"),
        marketing("korting", "nl", "Hallo {{1}}, deze week krijg je korting op alle kopjes in onze winkel.", &["Anna"], "Afmelden"),
        headed(image(), marketing("picture", "en_US", "This is what came out of the kiln this morning. Which one is yours?", &[], "Stop promotions")),
        and(template("coupon", "en_US", "MARKETING", "A code for you: it takes a fifth off any cup until Sunday. Reply stop for no more of these.", &[], &[]), buttons(json!([{"type": "COPY_CODE", "example": "CUPS20"}]))),
        template("link", "en_US", "MARKETING", "Our new catalogue is out, with forty pots and the people who made them.", &[], &[json!({"type": "QUICK_REPLY", "text": "Stop promotions"}), url("Look inside", "https://shop.example/catalogue")]),
        carousel(vec![card("Look"), card("Look"), card("Look")]),
        offer("Ends on Sunday", json!([{"type": "COPY_CODE", "example": "CUPS20"}, url("To the shop", "https://shop.example/w/{{1}}")])),
        authentication(json!({"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"})),
        authentication(json!({"type": "OTP", "otp_type": "ONE_TAP", "supported_apps": [{"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"}]})),
        authentication(json!({"type": "OTP", "otp_type": "ZERO_TAP", "zero_tap_terms_accepted": true, "supported_apps": [{"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"}]})),
    ]
}

/// Templates with one fault, and the rule that it breaks.
#[rustfmt::skip]
pub(crate) fn faulty() -> Vec<(Rule, Value)> {
    let plain = || utility("plain", "en_US", "Your order {{1}} left our workshop today and will be with you soon.", &["4711"]);
    let with = |key: &str, value: Value| { let mut t = plain(); t[key] = value; t };
    let body = |text: &str, samples: &[&str]| utility("plain", "en_US", text, samples);
    let sale = |text: &str| marketing("sale", "en_US", text, &[], "Stop promotions");
    let otp = |otp: Value| authentication(otp);
    vec![
        (Rule::NotATemplate, json!([1, 2])),
        (Rule::NotATemplate, json!({"name": "x", "language": "en_US", "category": "UTILITY"})),
        (Rule::Name, with("name", json!("Order Shipped!"))),
        (Rule::Name, with("name", json!(""))),
        (Rule::Name, with("name", json!("a".repeat(513)))),
        (Rule::LanguageMissing, with("language", Value::Null)),
        (Rule::LanguageUnknown, with("language", json!("en-US"))),
        (Rule::LanguageMismatch, utility("wrong_language", "de", "Thank you very much for your visit to our workshop today, your order will leave the house tomorrow morning.", &[])),
        (Rule::CategoryUnknown, with("category", json!("TRANSACTIONAL"))),
        (Rule::ParameterFormat, with("parameter_format", json!("NUMBERED"))),
        (Rule::Ttl, with("message_send_ttl_seconds", json!(5))),
        (Rule::ComponentTwice, and(plain(), json!({"type": "BODY", "text": "Your order is here."}))),
        (Rule::ComponentUnknown, and(plain(), json!({"type": "POLL"}))),
        (Rule::BodyMissing, json!({"name": "x", "language": "en_US", "category": "UTILITY", "components": [{"type": "FOOTER", "text": "Open daily"}]})),
        (Rule::TooLong, body(&format!("Your order is here. {}", "Word ".repeat(220)), &[])),
        (Rule::TooLong, headed(json!({"type": "HEADER", "format": "TEXT", "text": "A header that goes on and on and on until nobody wants to read it"}), plain())),
        (Rule::PartEmpty, headed(json!({"type": "HEADER", "format": "TEXT", "text": " "}), plain())),
        (Rule::HeaderFormat, headed(json!({"type": "HEADER", "format": "TEXT", "text": "*Your* order"}), plain())),
        (Rule::HeaderEmoji, headed(json!({"type": "HEADER", "format": "TEXT", "text": "Your order 📦"}), plain())),
        (Rule::BodySpacing, body("Your order is packed.\n\n\n\nIt leaves today.", &[])),
        (Rule::FooterFormat, and(plain(), json!({"type": "FOOTER", "text": "Open daily\nfrom nine"}))),
        (Rule::VariableBraces, body("Your order {{1} left our workshop today and will be there soon.", &[])),
        (Rule::VariableName, body("Your order {{order-no}} left our workshop today and is on its way.", &["4711"])),
        (Rule::VariableOrder, body("Your order {{2}} left our workshop today and will be with you soon.", &["4711"])),
        (Rule::VariableStyle, body("Your order {{number}} left our workshop today and is on its way.", &["4711"])),
        (Rule::VariableTwice, named("twice", "UTILITY", "Your order {{number}} left today. Keep {{number}} at hand when you call us.", &[("number", "4711")])),
        (Rule::VariableCount, headed(json!({"type": "HEADER", "format": "TEXT", "text": "Order {{1}} of {{2}}", "example": {"header_text": ["4711", "May"]}}), plain())),
        (Rule::VariablePlace, and(plain(), json!({"type": "FOOTER", "text": "Order {{1}}"}))),
        (Rule::VariableAtEdge, body("{{1}}, your order left our workshop today.", &["Ana"])),
        (Rule::VariableAtEdge, body("Your order left our workshop today, {{1}}", &["Ana"])),
        (Rule::VariableAdjacent, body("Your order for {{1}} {{2}} left our workshop today and is on its way.", &["Ana", "Prova"])),
        (Rule::VariableDensity, body("Your order {{1}}: {{2}} by {{3}}, {{4}} in {{5}} now.", &["4711", "cups", "post", "today", "blue paper"])),
        (Rule::SampleMissing, body("Your order {{1}} left our workshop today and will be with you soon.", &[])),
        (Rule::SampleMissing, headed(json!({"type": "HEADER", "format": "IMAGE"}), plain())),
        (Rule::SampleSurplus, body("Your order {{1}} left our workshop today and will be with you soon.", &["4711", "Ana"])),
        (Rule::SampleEmpty, body("Your order {{1}} left our workshop today and will be with you soon.", &["xxx"])),
        (Rule::SampleUnlike, named("unlike", "UTILITY", "Your invoice over {{amount}} is due next week. Please pay at the counter.", &[("amount", "blue")])),
        (Rule::ButtonCount, and(plain(), buttons(json!([url("A", "https://shop.example/a"), url("B", "https://shop.example/b"), url("C", "https://shop.example/c")])))),
        (Rule::ButtonGroups, and(plain(), buttons(json!([{"type": "QUICK_REPLY", "text": "Yes"}, url("Look", "https://shop.example/a"), {"type": "QUICK_REPLY", "text": "No"}])))),
        (Rule::ButtonLabel, and(plain(), buttons(json!([{"type": "QUICK_REPLY", "text": "Yes, please send it to me now"}])))),
        (Rule::ButtonTwins, and(plain(), buttons(json!([{"type": "QUICK_REPLY", "text": "Yes"}, {"type": "QUICK_REPLY", "text": "Yes"}])))),
        (Rule::ButtonUrl, and(plain(), buttons(json!([url("Track", "https://shop.example/{{1}}/track")])))),
        (Rule::ButtonUrlPlain, and(plain(), buttons(json!([url("Track", "http://shop.example/track")])))),
        (Rule::ButtonPhone, and(plain(), buttons(json!([{"type": "PHONE_NUMBER", "text": "Call", "phone_number": "ask us"}])))),
        (Rule::CouponCode, and(sale("A code for you, good for any cup until Sunday."), json!({"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "CUPS 20 %"}]})).without_buttons_before_last()),
        (Rule::ButtonFlow, and(plain(), buttons(json!([{"type": "FLOW", "text": "Fill it in"}])))),
        (Rule::ButtonKind, and(plain(), buttons(json!([{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}])))),
        (Rule::Offer, offer("This weekend and no longer", json!([url("To the shop", "https://shop.example/w")]))),
        (Rule::Carousel, carousel(vec![card("Look")])),
        (Rule::MarketingOnly, { let mut t = carousel(vec![card("Look"), card("Look")]); t["category"] = json!("UTILITY"); t }),
        (Rule::AuthenticationShape, otp(json!({"type": "OTP", "otp_type": "ZERO_TAP", "supported_apps": [{"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"}]}))),
        (Rule::OneTimeCode, body("Your verification code is {{1}} and it is good for ten minutes.", &["123456"])),
        (Rule::UtilityPromotes, body("Your order {{1}} is on its way. Take 20 % off your next one with us.", &["4711"])),
        (Rule::UtilityVague, body("We are thinking of you and hope that all is well at your place.", &[])),
        (Rule::Unclear, body("Hello {{1}}, thanks.", &["Ana"])),
        (Rule::AsksForSecrets, body("To finish your order please reply with your credit card number.", &[])),
        (Rule::Abusive, sale("You have won the big one! Claim your prize before it is gone.")),
        (Rule::NoWayOut, template("no_way_out", "en_US", "MARKETING", "Spring is here and so are our new cups. Come and hold one.", &[], &[])),
        (Rule::LinkShortener, and(plain(), buttons(json!([url("Track", "https://bit.ly/abc")])))),
        (Rule::LinkToChat, and(plain(), buttons(json!([url("Write to us", "https://wa.me/14165550123")])))),
        (Rule::Shouting, sale("SPRING IS HERE AND SO ARE OUR NEW CUPS. Come and see.")),
        (Rule::Punctuation, sale("Spring is here and so are our new cups!!! Come and hold one.")),
        (Rule::Emoji, sale("Spring 🌷🌷🌷🌷🌷🌷 is here and so are our new cups 🍵🍵🍵🍵🍵🍵. Come and hold one.")),
        (Rule::HiddenCharacters, body("Your order \u{202e}4711\u{202c} left our workshop today and is on its way.", &[])),
        (Rule::MixedScripts, body("Your оrder left our workshop today and will be with you soon.", &[])),
        (Rule::Formatting, body("Your *order left our workshop today and will be with you soon.", &[])),
    ]
}

/// Small changes to a template of the corpus.
trait Change {
    fn without_buttons_before_last(self) -> Value;
}

impl Change for Value {
    fn without_buttons_before_last(mut self) -> Value {
        let components = self["components"].as_array_mut().unwrap();
        let last = components.pop().unwrap();
        components.retain(|component| component["type"] != "BUTTONS");
        components.push(last);
        self
    }
}
