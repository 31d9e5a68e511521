//! The practice account against Meta's own OpenAPI (v23.0): every operation of the description is either played, and
//! then its answers are of the described shape, or named with the reason why it is not.

use std::collections::BTreeSet;

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::harness::{World, explicit, sale, text};
use crate::openapi_spec::{Difference, Explained, Spec};

/// An answer to one operation.
struct Seen {
    operation: &'static str,
    status: u16,
    answer: Value,
}

/// A refusal of one operation.
struct Refused {
    operation: &'static str,
    why: &'static str,
    /// As errors.md says for the code.
    status: u16,
    /// The statuses under which Meta's description has refusals like this one.
    described: &'static [u16],
    answer: Value,
}

struct Walk<'a> {
    world: &'a World,
    /// A token without any permission.
    powerless: String,
    seen: Vec<Seen>,
    refused: Vec<Refused>,
}

impl Walk<'_> {
    async fn call(&mut self, operation: &'static str, path: &str, body: Option<Value>) -> Value {
        let method: Method = operation.split(' ').next().unwrap().parse().unwrap();
        self.refusals(operation, &method, path).await;
        let (status, answer) = self.world.graph(method, path, body).await;
        self.seen.push(Seen { operation, status, answer: answer.clone() });
        answer
    }

    /// Brings an operation to each kind of refusal, once, while what it is about is there.
    async fn refusals(&mut self, operation: &'static str, method: &Method, path: &str) {
        if self.refused.iter().any(|r| r.operation == operation) {
            return;
        }
        let token = self.world.sim.access_token.expose_secret().to_owned();
        let powerless = self.powerless.clone();
        let rest = path.find(['/', '?']).and_then(|at| path.get(at..)).unwrap_or_default();
        let nobody = format!("404404404404404{rest}");
        let planned = |code: i64| Some(json!({"match": {"endpoint": "*"}, "action": {"code": code}}));
        type Case<'a> = (&'static str, Option<&'a str>, &'a str, Option<Value>, u16, &'static [u16]);
        let cases: [Case<'_>; 6] = [
            ("no token", None, path, None, 401, &[401]),
            ("no permission", Some(&powerless), path, None, 403, &[403]),
            ("no such object", Some(&token), &nobody, None, 400, &[400, 404]),
            ("a wrong value", Some(&token), path, planned(131_009), 400, &[400, 409, 422]),
            ("too many calls", Some(&token), path, planned(80_007), 400, &[429]),
            ("trouble at Meta's", Some(&token), path, planned(131_000), 500, &[500]),
        ];
        for (why, token, path, fault, status, described) in cases {
            if let Some(fault) = fault {
                self.world.control(Method::POST, "faults", Some(fault)).await;
            }
            let mut request = self.world.http.request(method.clone(), self.world.url(path));
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let answer = request.send().await.unwrap();
            let got = answer.status().as_u16();
            let answer: Value = answer.json().await.unwrap();
            assert_eq!(got, status, "{operation}, {why}: {answer}");
            self.refused.push(Refused { operation, why, status, described, answer });
        }
        self.world.control(Method::DELETE, "faults", None).await;
    }
}

const NUMBER_FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,quality_score,status,name_status,\
code_verification_status,throughput,account_mode,platform_type,is_official_business_account,official_business_account,\
whatsapp_business_manager_messaging_limit,messaging_limit_tier,health_status,webhook_configuration,is_pin_enabled,\
search_visibility,last_onboarded_time,username";
const WABA_FIELDS: &str = "id,name,status,currency,timezone_id,account_review_status,business_verification_status,\
country,ownership_type,message_template_namespace,health_status,is_enabled_for_insights,owner_business_info,\
whatsapp_business_manager_messaging_limit,marketing_messages_onboarding_status";

async fn numbers(walk: &mut Walk<'_>) {
    let id = walk.world.sim.phone_number_id.clone();
    let waba = walk.world.sim.waba_id.clone();
    walk.call("GET /{Phone-Number-ID}", &id, None).await;
    walk.call("GET /{Phone-Number-ID}", &format!("{id}?fields={NUMBER_FIELDS}"), None).await;
    walk.call("GET /{WhatsApp-Account-Number-ID}", &format!("{id}?fields={NUMBER_FIELDS}"), None).await;
    walk.call("POST /{Phone-Number-ID}", &id, Some(json!({"pin": "135790"}))).await;
    walk.call("GET /{WABA-ID}/phone_numbers", &format!("{waba}/phone_numbers"), None).await;
    walk.call("GET /{WABA-ID}/phone_numbers", &format!("{waba}/phone_numbers?fields={NUMBER_FIELDS}"), None).await;
    let settings = format!("{id}/settings");
    walk.call("GET /{Phone-Number-ID}/settings", &settings, None).await;
    let check = json!({"user_identity_change": {"enable_identity_key_check": true}});
    walk.call("POST /{Phone-Number-ID}/settings", &settings, Some(check)).await;
    let profile = format!("{id}/whatsapp_business_profile");
    let all = "about,address,description,email,profile_picture_url,websites,vertical";
    walk.call("GET /{Phone-Number-ID}/whatsapp_business_profile", &format!("{profile}?fields={all}"), None).await;
    let about = json!({"messaging_product": "whatsapp", "about": "Open till six"});
    walk.call("POST /{Phone-Number-ID}/whatsapp_business_profile", &profile, Some(about)).await;
    let automation = format!("{id}/conversational_automation");
    let prompts = json!({"prompts": ["Where are you?"]});
    walk.call("POST /{Phone-Number-ID}/conversational_automation", &automation, Some(prompts)).await;
    let links = format!("{id}/message_qrdls");
    let new = json!({"prefilled_message": "Hello!", "generate_qr_image": "PNG"});
    let link = walk.call("POST /{Phone-Number-ID}/message_qrdls", &links, Some(new)).await;
    walk.call("GET /{Phone-Number-ID}/message_qrdls", &links, None).await;
    let one = format!("{links}/{}", link["code"].as_str().unwrap());
    walk.call("GET /{Phone-Number-ID}/message_qrdls/{QR-Code-ID}", &one, None).await;
    walk.call("DELETE /{Phone-Number-ID}/message_qrdls/{QR-Code-ID}", &one, None).await;
    let official = format!("{id}/official_business_account");
    walk.call("GET /{Phone-Number-ID}/official_business_account", &official, None).await;
    let request = json!({"additional_supporting_information": "We are well known.", "business_website_url": "https://example.com",
        "primary_country_of_operation": "CA", "primary_language": "en"});
    walk.call("POST /{Phone-Number-ID}/official_business_account", &official, Some(request)).await;
    walk.call("POST /{Phone-Number-ID}/deregister", &format!("{id}/deregister"), None).await;
    let unverified = json!({"code_verification_status": "NOT_VERIFIED"});
    walk.world.control(Method::PUT, &format!("numbers/{id}"), Some(unverified)).await;
    let wanted = format!("{id}/request_code?code_method=SMS&language=en_US");
    walk.call("POST /{Phone-Number-ID}/request_code", &wanted, None).await;
    walk.call("POST /{Phone-Number-ID}/verify_code", &format!("{id}/verify_code?code=123456"), None).await;
    let pin = json!({"messaging_product": "whatsapp", "pin": "135790"});
    walk.call("POST /{Phone-Number-ID}/register", &format!("{id}/register"), Some(pin)).await;
}

async fn messages(walk: &mut Walk<'_>) {
    let id = walk.world.sim.phone_number_id.clone();
    let control = walk.world.sim.control();
    control.customer("+14165550123", Some("Ana Prova"), None, None).await.unwrap();
    control.send_text("14165550123", "hello", None).await.unwrap();
    let messages = format!("{id}/messages");
    walk.call("POST /{Phone-Number-ID}/messages", &messages, Some(text("+14165550123", "Hi"))).await;
    let sent = walk.call("POST /{Phone-Number-ID}/messages", &messages, Some(sale("+14165550123", "a"))).await;
    let user = control.customer("+14165550123", None, None, None).await.unwrap().user_id;
    let mut to_user = text("", "Hi again");
    to_user.as_object_mut().unwrap().remove("to");
    to_user["recipient"] = json!(user);
    walk.call("POST /{Phone-Number-ID}/messages", &messages, Some(to_user)).await;
    let mut marketing = sale("+14165550123", "b");
    marketing["product_policy"] = json!("CLOUD_API_FALLBACK");
    walk.call("POST /{Phone-Number-ID}/marketing_messages", &format!("{id}/marketing_messages"), Some(marketing)).await;
    let wamid = sent["messages"][0]["id"].as_str().unwrap().to_owned();
    control.poke_status(&wamid, "sent", None).await.unwrap();
    let query: String = url::form_urlencoded::byte_serialize(wamid.as_bytes()).collect();
    let history = format!("{id}/message_history?message_id={query}");
    let history = walk.call("GET /{Phone-Number-ID}/message_history", &history, None).await;
    let events = format!("{}/events", history["data"][0]["id"].as_str().unwrap());
    walk.call("GET /{Message-History-ID}/events", &events, None).await;
    let blocks = format!("{id}/block_users");
    let who = json!({"messaging_product": "whatsapp", "block_users": [{"user": "+14165550123"}]});
    walk.call("POST /{Phone-Number-ID}/block_users", &blocks, Some(who.clone())).await;
    walk.call("GET /{Phone-Number-ID}/block_users", &blocks, None).await;
    walk.call("DELETE /{Phone-Number-ID}/block_users", &blocks, Some(who)).await;
}

async fn media(walk: &mut Walk<'_>) {
    let id = walk.world.sim.phone_number_id.clone();
    let file = reqwest::multipart::Part::bytes(b"%PDF-1.4 a small document".to_vec())
        .file_name("a.pdf")
        .mime_str("application/pdf")
        .unwrap();
    let form = reqwest::multipart::Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", "application/pdf")
        .part("file", file);
    let path = format!("{id}/media");
    walk.refusals("POST /{Phone-Number-ID}/media", &Method::POST, &path).await;
    let request = walk.world.http.post(walk.world.url(&path)).bearer_auth(walk.world.sim.access_token.expose_secret());
    let answer = request.multipart(form).send().await.unwrap();
    let status = answer.status().as_u16();
    let answer: Value = answer.json().await.unwrap();
    let media = answer["id"].as_str().unwrap().to_owned();
    walk.seen.push(Seen { operation: "POST /{Phone-Number-ID}/media", status, answer });
    let shown = walk.call("GET /{Media-ID}", &format!("{media}?phone_number_id={id}"), None).await;
    assert_eq!(shown["messaging_product"], "whatsapp");
    walk.call("DELETE /{Media-ID}", &format!("{media}?phone_number_id={id}"), None).await;
}

async fn account(walk: &mut Walk<'_>) {
    let waba = walk.world.sim.waba_id.clone();
    walk.call("GET /{WABA-ID}", &waba, None).await;
    walk.call("GET /{WABA-ID}", &format!("{waba}?fields={WABA_FIELDS}"), None).await;
    walk.call("POST /{WABA-ID}", &waba, Some(json!({"is_enabled_for_insights": true}))).await;
    let apps = format!("{waba}/subscribed_apps");
    walk.call("POST /{WABA-ID}/subscribed_apps", &apps, None).await;
    walk.call("GET /{WABA-ID}/subscribed_apps", &apps, None).await;
    walk.call("DELETE /{WABA-ID}/subscribed_apps", &apps, None).await;
    let templates = format!("{waba}/message_templates");
    let new = json!({"name": "walked_over", "language": "en_US", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Your order {{1}} is ready at the counter.", "example": {"body_text": [["A 17"]]}}]});
    let created = walk.call("POST /{WABA-ID}/message_templates", &templates, Some(new)).await;
    let id = created["id"].as_str().unwrap().to_owned();
    walk.call("GET /{WABA-ID}/message_templates", &templates, None).await;
    walk.call("GET /{TEMPLATE_ID}", &id, None).await;
    walk.world
        .control(Method::PUT, &format!("templates/{id}"), Some(json!({"status": "REJECTED", "silent": true})))
        .await;
    let body = json!({"components": [{"type": "BODY", "text": "Your order {{1}} waits at the counter.", "example": {"body_text": [["A 17"]]}}]});
    walk.call("POST /{TEMPLATE_ID}", &id, Some(body)).await;
    walk.call("DELETE /{WABA-ID}/message_templates", &format!("{templates}?name=walked_over"), None).await;
}

/// Endpoints that are younger than the description: their refusals have the general shape.
async fn newer(walk: &mut Walk<'_>) {
    let (number, waba) = {
        let sim = &walk.world.sim;
        (sim.phone_number_id.clone(), sim.waba_id.clone())
    };
    let (_, list) = walk.world.get(&format!("{waba}/message_templates?fields=id&limit=1")).await;
    let template = list["data"][0]["id"].as_str().unwrap().to_owned();
    let get = Method::GET;
    let post = Method::POST;
    let delete = Method::DELETE;
    for (operation, method, path) in [
        ("GET /{Phone-Number-ID}/username", &get, format!("{number}/username")),
        ("POST /{Phone-Number-ID}/username", &post, format!("{number}/username")),
        ("DELETE /{Phone-Number-ID}/username", &delete, format!("{number}/username")),
        ("GET /{Phone-Number-ID}/username_suggestions", &get, format!("{number}/username_suggestions")),
        ("POST /{WABA-ID}/message_templates/archive", &post, format!("{waba}/message_templates/archive")),
        ("POST /{WABA-ID}/message_templates/unarchive", &post, format!("{waba}/message_templates/unarchive")),
        ("POST /{WABA-ID}/upsert_message_templates", &post, format!("{waba}/upsert_message_templates")),
        ("POST /{WABA-ID}/migrate_message_templates", &post, format!("{waba}/migrate_message_templates")),
        ("GET /{WABA-ID}/message_template_previews", &get, format!("{waba}/message_template_previews")),
        ("GET /{WABA-ID}/template_analytics", &get, format!("{waba}/template_analytics")),
        ("POST /{TEMPLATE_ID}/unpause", &post, format!("{template}/unpause")),
        ("GET /{TEMPLATE_ID}/compare", &get, format!("{template}/compare")),
    ] {
        walk.refusals(operation, method, &path).await;
    }
}

async fn groups(walk: &mut Walk<'_>) {
    crate::groups::official(walk.world).await;
    let control = walk.world.sim.control();
    for person in ["+14165550123", "+16045550145"] {
        control.customer(person, None, None, None).await.unwrap();
    }
    let groups = format!("{}/groups", walk.world.sim.phone_number_id);
    let new = json!({"messaging_product": "whatsapp", "subject": "Wood friends", "description": "Of wood", "join_approval_mode": "approval_required"});
    walk.call("POST /{Phone-Number-ID}/groups", &groups, Some(new)).await;
    let list = walk.call("GET /{Phone-Number-ID}/groups", &groups, None).await;
    let group = list["data"]["groups"][0]["id"].as_str().unwrap().to_owned();
    let mut asked = Vec::new();
    for person in ["14165550123", "16045550145"] {
        let join = json!({"customer": person, "action": "join"});
        let join = walk.world.control(Method::POST, &format!("groups/{group}/participants"), Some(join)).await;
        asked.push(join["join_request_id"].clone());
    }
    let requests = format!("{group}/join_requests");
    walk.call("GET /{group_id}/join_requests", &requests, None).await;
    let ids = |ids: Value| Some(json!({"messaging_product": "whatsapp", "join_requests": ids}));
    walk.call("POST /{group_id}/join_requests", &requests, ids(json!([asked[0], "none"]))).await;
    walk.call("DELETE /{group_id}/join_requests", &requests, ids(json!([asked[1]]))).await;
    walk.call("GET /{group_id}", &group, None).await;
    let rename = json!({"messaging_product": "whatsapp", "subject": "Clay friends"});
    walk.call("POST /{group_id}", &group, Some(rename)).await;
    let link = format!("{group}/invite_link");
    let plain = json!({"messaging_product": "whatsapp"});
    walk.call("POST /{group_id}/invite_link", &link, Some(plain.clone())).await;
    walk.call("DELETE /{group_id}/invite_link", &link, Some(plain)).await;
    let who = json!({"messaging_product": "whatsapp", "participants": [{"user": "+14165550123"}]});
    walk.call("DELETE /{group_id}/participants", &format!("{group}/participants"), Some(who)).await;
    walk.call("DELETE /{group_id}", &group, None).await;
}

#[tokio::test]
async fn every_described_operation_is_played_as_described_or_named_with_the_reason() {
    let Some(spec) = Spec::load() else { return };
    let explained = Explained::load();
    let (world, _dir) = explicit().await;
    let powerless = world.control(Method::POST, "tokens", Some(json!({"scopes": []}))).await;
    let powerless = powerless["access_token"].as_str().unwrap().to_owned();
    let mut walk = Walk { world: &world, powerless, seen: Vec::new(), refused: Vec::new() };
    numbers(&mut walk).await;
    messages(&mut walk).await;
    media(&mut walk).await;
    account(&mut walk).await;
    groups(&mut walk).await;
    newer(&mut walk).await;
    let Walk { seen, refused, .. } = walk;

    let played: BTreeSet<String> = seen.iter().map(|s| s.operation.to_owned()).collect();
    let not_played = explained.not_played();
    let both: Vec<&String> = played.intersection(&not_played).collect();
    assert!(both.is_empty(), "played after all: {both:?}");
    let named: BTreeSet<String> = played.union(&not_played).cloned().collect();
    let missing: Vec<String> = spec.operations().difference(&named).cloned().collect();
    assert!(missing.is_empty(), "neither played nor named as not played: {missing:#?}");
    let strange: Vec<String> = named.difference(&spec.operations()).cloned().collect();
    assert!(strange.is_empty(), "not in Meta's description: {strange:#?}");

    let mut found: BTreeSet<Difference> = BTreeSet::new();
    for one in &seen {
        assert_eq!(one.status, 200, "{}: {}", one.operation, one.answer);
        found.extend(spec.differences(one.operation, one.status, &one.answer));
    }
    for one in &refused {
        // An operation that describes no refusals answers in the general shape all the same.
        let own: Vec<u16> =
            one.described.iter().copied().filter(|s| spec.describes_status(one.operation, *s)).collect();
        for status in if own.is_empty() { vec![one.status] } else { own } {
            found.extend(spec.refusal_differences(one.operation, status, &one.answer));
            if status != one.status {
                let problem = format!("answered with {}", one.status);
                let operation = one.operation.to_owned();
                found.insert(Difference { operation, status, at: one.why.to_owned(), problem });
            }
        }
    }
    let (unexplained, stale) = explained.compare(&found);
    let line = |d: &Difference| {
        format!(
            r#"{{"operation": "{}", "status": {}, "at": "{}", "problem": "{}", "reason": ""}}"#,
            d.operation, d.status, d.at, d.problem
        )
    };
    assert!(
        unexplained.is_empty() && stale.is_empty(),
        "differs from Meta's description without a reason:\n{}\nexplained, but does not differ (any more):\n{}",
        unexplained.iter().map(line).collect::<Vec<_>>().join(",\n"),
        stale.iter().map(line).collect::<Vec<_>>().join("\n"),
    );
    eprintln!(
        "{} answers and {} refusals of {} operations, {} explained differences",
        seen.len(),
        refused.len(),
        played.len(),
        found.len()
    );
    world.close().await;
}
