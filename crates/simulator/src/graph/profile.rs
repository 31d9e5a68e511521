//! What customers see of the business: profile, ice breakers and commands, links with a text,
//! username (account.md §5, messages.md §3).

use std::sync::Arc;

use serde_json::{Value, json};

use super::error::GraphError;
use super::number_write::{change, product};
use super::template_write::list;
use super::{Call, Outcome, fields};
use crate::webhooks::values::Update;
use crate::world::Sim;

const VERTICALS: &str = "OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH NONPROFIT PROF_SERVICES RETAIL TRAVEL RESTAURANT ALCOHOL ONLINE_GAMBLING PHYSICAL_GAMBLING OTC_DRUGS UNDEFINED";
const LIMITS: &[(&str, usize)] = &[("about", 139), ("address", 256), ("description", 512), ("email", 128)];

/// `GET /{phone-number-id}/whatsapp_business_profile`.
pub(super) fn profile(sim: &Sim, call: &Call) -> Outcome {
    let state = sim.state();
    let number = state.numbers.get(call.word(0)).ok_or_else(|| GraphError::no_object("get", call.word(0)))?;
    let known = ["about", "address", "description", "email", "websites", "vertical", "profile_picture_url"];
    let mut shown = fields::pick(&number.profile, call, &["messaging_product"], &known, "WhatsAppBusinessProfile")?;
    if let Some(map) = shown.as_object_mut() {
        map.insert("messaging_product".into(), json!("whatsapp"));
    }
    Ok(json!({"data": [shown]}).into())
}

/// `POST /{phone-number-id}/whatsapp_business_profile`.
pub(super) async fn set_profile(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object()?;
    product(&body)?;
    for (key, value) in &body {
        let text = value.as_str().unwrap_or_default();
        if let Some((_, limit)) = LIMITS.iter().find(|(k, _)| k == key) {
            super::free_form::at_most(text, *limit, key)?;
        }
        match key.as_str() {
            "about" if text.is_empty() => {
                return Err(GraphError::new(100, "Param about must have 1 to 139 characters."));
            }
            "vertical" if !text.is_empty() && !VERTICALS.split(' ').any(|v| v == text) => {
                return Err(GraphError::new(
                    100,
                    format!("Param vertical must be one of {{{}}} - got \"{text}\".", VERTICALS.replace(' ', ", ")),
                ));
            }
            "websites"
                if list(Some(value)).is_none_or(|l| {
                    l.len() > 2 || l.iter().any(|w| w.as_str().is_none_or(|w| w.chars().count() > 256))
                }) =>
            {
                return Err(GraphError::new(100, "Param websites may have 2 addresses of 256 characters."));
            }
            "profile_picture_handle" if !sim.state().handles.contains(text) => {
                return Err(GraphError::new(
                    100,
                    "Param profile_picture_handle is not a handle of a resumable upload.",
                ));
            }
            "messaging_product"
            | "address"
            | "description"
            | "email"
            | "about"
            | "vertical"
            | "websites"
            | "profile_picture_handle" => {}
            other => return Err(GraphError::unknown_key(other, "whatsapp_business_profile")),
        }
    }
    let picture = format!("{}/profile-pictures/{}", sim.graph_url, call.word(0));
    change(sim, call, |number| {
        for (key, value) in body {
            if key == "profile_picture_handle" {
                number.profile.insert("profile_picture_url".into(), json!(picture));
            } else {
                number.profile.insert(key, value);
            }
        }
        Ok(None)
    })
    .await?;
    Ok(json!({"success": true}).into())
}

/// `GET /{phone-number-id}/conversational_automation`, also a field of the number.
pub(super) fn automation(sim: &Sim, call: &Call) -> Outcome {
    let state = sim.state();
    let number = state.numbers.get(call.word(0)).ok_or_else(|| GraphError::no_object("get", call.word(0)))?;
    let mut shown = number.automation.clone();
    shown.insert("id".into(), json!(number.id));
    Ok(Value::Object(shown).into())
}

fn has_emoji(text: &str) -> bool {
    text.chars().any(|c| matches!(u32::from(c), 0x1f300..=0x1faff | 0x2600..=0x27bf))
}

/// `POST /{phone-number-id}/conversational_automation`.
pub(super) async fn set_automation(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let mut body = call.object()?;
    if let Some(key) = body.keys().find(|k| !matches!(k.as_str(), "prompts" | "commands")) {
        return Err(GraphError::unknown_key(key, "conversational_automation"));
    }
    let prompts = list(body.get("prompts")).unwrap_or_default();
    let commands = list(body.get("commands")).unwrap_or_default();
    if prompts.len() > 4 || commands.len() > 30 {
        return Err(GraphError::new(100, "Up to 4 prompts and 30 commands are allowed."));
    }
    for prompt in &prompts {
        let text = prompt.as_str().unwrap_or_default();
        super::free_form::at_most(text, 80, "prompts")?;
        if has_emoji(text) {
            return Err(GraphError::new(100, "Prompts may not have emoji."));
        }
    }
    for command in &commands {
        super::free_form::at_most(
            super::free_form::required(command, "command_name", "commands")?,
            32,
            "command_name",
        )?;
        super::free_form::at_most(
            super::free_form::required(command, "command_description", "commands")?,
            256,
            "command_description",
        )?;
    }
    // Lists that came as JSON text are kept as lists.
    for (key, list) in [("prompts", prompts), ("commands", commands)] {
        if let Some(value) = body.get_mut(key) {
            *value = Value::Array(list);
        }
    }
    change(sim, call, |number| {
        number.automation.extend(body);
        Ok(None)
    })
    .await?;
    Ok(json!({"success": true}).into())
}

/// `/{phone-number-id}/message_qrdls[/{code}]`, all methods.
pub(super) async fn links(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let code = call.word(2).to_owned();
    let known = |sim: &Sim| sim.state().numbers.get(call.word(0)).map(|n| n.links.clone()).unwrap_or_default();
    let find = |links: &[Value], code: &str| {
        links.iter().find(|l| l.get("code").and_then(Value::as_str) == Some(code)).cloned()
    };
    match call.method.as_str() {
        "GET" if code.is_empty() => {
            let items = known(sim)
                .into_iter()
                .map(|l| (l.get("code").and_then(Value::as_str).unwrap_or_default().to_owned(), l))
                .collect();
            Ok(Value::Object(fields::page(items, call, &sim.graph_url, 25)?).into())
        }
        "GET" => {
            let link = find(&known(sim), &code).ok_or_else(|| GraphError::no_object("get", &code))?;
            Ok(json!({"data": [link]}).into())
        }
        "DELETE" => {
            find(&known(sim), &code).ok_or_else(|| GraphError::no_object("delete", &code))?;
            change(sim, call, |number| {
                number.links.retain(|l| l.get("code").and_then(Value::as_str) != Some(&code));
                Ok(None)
            })
            .await?;
            Ok(json!({"success": true}).into())
        }
        _ => write_link(sim, call).await,
    }
}

async fn write_link(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let mut body = call.object()?;
    for (key, value) in &call.query {
        body.entry(key.clone()).or_insert_with(|| json!(value));
    }
    let text = body
        .get("prefilled_message")
        .and_then(Value::as_str)
        .filter(|t| !t.is_empty())
        .ok_or_else(|| GraphError::new(100, "The parameter prefilled_message is required."))?
        .to_owned();
    super::free_form::at_most(&text, 140, "prefilled_message")?;
    let image = body.get("generate_qr_image").and_then(Value::as_str).map(str::to_owned);
    if image.as_deref().is_some_and(|i| !matches!(i, "SVG" | "PNG")) {
        return Err(GraphError::new(100, "Param generate_qr_image must be one of {PNG, SVG}."));
    }
    let code = body.get("code").and_then(Value::as_str).map_or_else(fresh_code, str::to_owned);
    let mut link =
        json!({"code": code, "prefilled_message": text, "deep_link_url": format!("https://wa.me/message/{code}")});
    if let (Some(image), Some(link)) = (image, link.as_object_mut()) {
        link.insert("qr_image_url".into(), json!(format!("{}/qr/{code}.{}", sim.graph_url, image.to_lowercase())));
    }
    let updates = body.contains_key("code");
    let shown = link.clone();
    change(sim, call, |number| {
        let full = number.links.len() >= 2000;
        let known = number.links.iter_mut().find(|l| l.get("code").and_then(Value::as_str) == Some(&code));
        match known {
            Some(known) => *known = link,
            None if updates => return Err(GraphError::no_object("post", &code)),
            None if full => return Err(GraphError::new(100, "A phone number may have 2000 links.")),
            None => number.links.push(link),
        }
        Ok(None)
    })
    .await?;
    Ok(shown.into())
}

/// Fourteen letters and digits of base 32, as Meta's codes are.
fn fresh_code() -> String {
    let letter = |byte: u8| match byte & 31 {
        letter @ 0..26 => char::from(b'A'.saturating_add(letter)),
        digit => char::from(b'2'.saturating_add(digit.saturating_sub(26))),
    };
    rand::random::<[u8; 14]>().map(letter).iter().collect()
}

fn good_username(name: &str) -> bool {
    let edge = |c: char| c == '.';
    (3..=35).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'_')
        && name.bytes().any(|b| b.is_ascii_lowercase())
        && !name.starts_with(edge)
        && !name.ends_with(edge)
        && !name.contains("..")
        && !name.starts_with("www")
        && ![".com", ".net", ".org", ".ca"].iter().any(|end| name.ends_with(end))
}

/// `/{phone-number-id}/username`, all methods.
pub(super) async fn username(sim: &Arc<Sim>, call: &Call) -> Outcome {
    if call.method.as_str() == "GET" {
        let name = sim.state().numbers.get(call.word(0)).and_then(|n| n.username.clone());
        return Ok(name.map_or_else(|| json!({}), |name| json!({"username": name, "status": "approved"})).into());
    }
    let gone = call.method.as_str() == "DELETE";
    let wanted = if gone {
        None
    } else {
        let body = call.object()?;
        let name = body
            .get("username")
            .and_then(Value::as_str)
            .map(str::to_lowercase)
            .ok_or_else(|| GraphError::new(100, "The parameter username is required."))?;
        if !good_username(&name) {
            return Err(GraphError::new(100, "Param username does not have the format of a username."));
        }
        if name.contains("taken") {
            return Err(GraphError::of(147_001, "The username is not available."));
        }
        Some(name)
    };
    change(sim, call, |number| {
        number.username.clone_from(&wanted);
        let mut value =
            json!({"display_phone_number": number.digits, "status": if gone { "deleted" } else { "approved" }});
        if let (Some(name), Some(value)) = (&wanted, value.as_object_mut()) {
            value.insert("username".into(), json!(name));
        }
        Ok(Some(Update {
            field: "business_username_updates",
            phone_number_id: None,
            value,
            wa_id: None,
            user_id: None,
        }))
    })
    .await?;
    Ok(if gone { json!({"success": true}) } else { json!({"success": true, "status": "approved"}) }.into())
}

/// `GET /{phone-number-id}/username_suggestions`.
pub(super) fn suggestions(sim: &Sim, call: &Call) -> Outcome {
    let state = sim.state();
    let name = state.numbers.get(call.word(0)).map(|n| n.text("verified_name").to_lowercase()).unwrap_or_default();
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    Ok(json!({"data": [{"username_suggestions": [words.join("."), words.join("_"), format!("{}.shop", words.join("."))]}]}).into())
}
