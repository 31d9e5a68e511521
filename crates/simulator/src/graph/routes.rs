//! Which endpoint a path means. Graph names everything by id, so what an id is decides.

use std::sync::Arc;

use axum::http::Method;

use super::error::GraphError;
use super::{
    Call, Outcome, account, analytics, app, auth, block_users, debug_token, groups, history, media, messages,
    number_write, profile, subscribed_apps, template_groups, template_library, template_more, template_write,
    templates, uploads,
};
use crate::world::Sim;

enum Node {
    Number,
    Waba,
    App,
    Template,
    Media,
    Group,
    TemplateGroup,
    Other,
}

fn node_of(sim: &Sim, id: &str) -> Node {
    let state = sim.state();
    if state.numbers.contains_key(id) {
        Node::Number
    } else if state.account.id == id {
        Node::Waba
    } else if state.account.app_id == id {
        Node::App
    } else if state.templates.get(id).is_some() {
        Node::Template
    } else if state.media.contains_key(id) {
        Node::Media
    } else if state.groups.contains_key(id) {
        Node::Group
    } else if state.template_groups.contains_key(id) {
        Node::TemplateGroup
    } else {
        Node::Other
    }
}

/// Finds the endpoint, checks token and scope, and answers.
pub(super) async fn routed(sim: &Arc<Sim>, call: &Call) -> Outcome {
    if call.path.is_empty() {
        return Err(GraphError::new(2500, "").message("Unknown path components: /"));
    }
    match (&call.method, call.word(0), call.word(1)) {
        (&Method::GET, "oauth", "access_token") => return app::access_token(sim, call),
        (_, id, "subscriptions") if id == sim.state().account.app_id => {}
        _ => return with_token(sim, call).await,
    }
    app::subscriptions(sim, call).await
}

async fn with_token(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let token = auth::check(sim, call)?;
    match (&call.method, call.word(0), call.word(1)) {
        (&Method::GET, "debug_token", _) => return debug_token::show(sim, call),
        (&Method::GET, "whatsapp_business", "attachments") => return media::download(sim, call).await,
        (&Method::GET, "message_template_library", _) => {
            token.needs(auth::MANAGEMENT)?;
            return template_library::browse(sim, call);
        }
        (_, id, "") if id.starts_with("upload:") => return uploads::session(sim, call).await,
        _ => {}
    }
    match node_of(sim, call.word(0)) {
        Node::Number => number(sim, call, &token).await,
        Node::Waba => waba(sim, call, &token).await,
        Node::App if call.method == Method::POST && call.word(1) == "uploads" => uploads::begin(sim, call).await,
        Node::Template => {
            token.needs(auth::MANAGEMENT)?;
            template(sim, call).await
        }
        Node::TemplateGroup if call.path.len() == 1 => {
            token.needs(auth::MANAGEMENT)?;
            auth::budget(sim, call)?;
            template_groups::node(sim, call).await
        }
        Node::Group => {
            token.needs(auth::MESSAGING)?;
            groups::serve(sim, call).await
        }
        Node::Media if call.path.len() == 1 => {
            token.needs(auth::MESSAGING)?;
            media::node(sim, call).await
        }
        _ => match history::seq_of(call.word(0)) {
            Some(seq) if call.word(1) == "events" => {
                token.needs(auth::MANAGEMENT)?;
                history::show_events(sim, call, seq).await
            }
            _ => Err(GraphError::no_object(call.method.as_str(), call.word(0))),
        },
    }
}

async fn number(sim: &Arc<Sim>, call: &Call, token: &auth::Bearer) -> Outcome {
    let scope = match call.word(1) {
        "messages" | "marketing_messages" | "media" | "block_users" | "message_qrdls" | "groups" => auth::MESSAGING,
        _ => auth::MANAGEMENT,
    };
    token.needs(scope)?;
    match (&call.method, call.word(1)) {
        (&Method::POST, "messages") => messages::send(sim, call, messages::Door::CloudApi).await,
        (&Method::POST, "marketing_messages") => messages::send(sim, call, messages::Door::Marketing).await,
        (&Method::POST, "media") => media::upload(sim, call).await,
        (&Method::GET, "") => account::number(sim, call),
        (&Method::POST, "") => number_write::update(sim, call).await,
        (&Method::POST, "register") => number_write::register(sim, call).await,
        (&Method::POST, "deregister") => number_write::deregister(sim, call).await,
        (&Method::POST, "request_code") => number_write::verification(sim, call, false).await,
        (&Method::POST, "verify_code") => number_write::verification(sim, call, true).await,
        (&Method::GET, "settings") => number_write::settings(sim, call),
        (&Method::POST, "settings") => number_write::set_settings(sim, call).await,
        (&Method::GET, "official_business_account") => number_write::official_status(sim, call),
        (&Method::POST, "official_business_account") => number_write::official(sim, call).await,
        (&Method::GET, "whatsapp_business_profile") => profile::profile(sim, call),
        (&Method::POST, "whatsapp_business_profile") => profile::set_profile(sim, call).await,
        (&Method::GET, "conversational_automation") => profile::automation(sim, call),
        (&Method::POST, "conversational_automation") => profile::set_automation(sim, call).await,
        (&Method::GET | &Method::POST | &Method::DELETE, "message_qrdls") => profile::links(sim, call).await,
        (&Method::GET | &Method::POST | &Method::DELETE, "username") => profile::username(sim, call).await,
        (&Method::GET, "username_suggestions") => profile::suggestions(sim, call),
        (_, "block_users") => block_users::serve(sim, call).await,
        (&Method::GET, "groups") => groups::list(sim, call),
        (&Method::POST, "groups") => groups::create(sim, call).await,
        (&Method::GET, "message_history") => history::list(sim, call).await,
        _ => Err(unsupported(call)),
    }
}

async fn waba(sim: &Arc<Sim>, call: &Call, token: &auth::Bearer) -> Outcome {
    token.needs(auth::MANAGEMENT)?;
    auth::budget(sim, call)?;
    if call.method == Method::GET
        && let Some(name) = analytics::wanted(call)
    {
        return analytics::show(sim, call, name).await;
    }
    match (&call.method, call.word(1), call.word(2)) {
        (&Method::GET, "", _) => account::waba(sim, call),
        (&Method::POST, "", _) => number_write::update_waba(sim, call).await,
        (&Method::GET, "phone_numbers", _) => account::numbers(sim, call),
        (&Method::GET, "message_templates", "") => templates::list(sim, call),
        (&Method::POST, "message_templates", "") => template_write::create(sim, call).await,
        (&Method::DELETE, "message_templates", "") => template_write::delete(sim, call).await,
        (&Method::POST, "message_templates", "archive") => template_more::archive(sim, call, true).await,
        (&Method::POST, "message_templates", "unarchive") => template_more::archive(sim, call, false).await,
        (&Method::POST, "upsert_message_templates", _) => template_more::upsert(sim, call).await,
        (&Method::POST, "migrate_message_templates", _) => template_more::migrate(sim, call),
        (&Method::GET, "message_template_previews", _) => template_more::previews(call),
        (&Method::GET, "template_analytics", _) => analytics::templates(sim, call).await,
        (&Method::GET, "template_group_analytics", _) => analytics::template_groups(sim, call).await,
        (&Method::GET | &Method::POST, "template_groups", _) => template_groups::edge(sim, call).await,
        (&Method::GET, "subscribed_apps", _) => subscribed_apps::list(sim),
        (&Method::POST, "subscribed_apps", _) => subscribed_apps::subscribe(sim, call).await,
        (&Method::DELETE, "subscribed_apps", _) => subscribed_apps::unsubscribe(sim).await,
        _ => Err(unsupported(call)),
    }
}

async fn template(sim: &Arc<Sim>, call: &Call) -> Outcome {
    auth::budget(sim, call)?;
    match (&call.method, call.word(1)) {
        (&Method::GET, "") => templates::show(sim, call),
        (&Method::POST, "") => template_write::edit(sim, call).await,
        (&Method::POST, "unpause") => template_more::unpause(sim, call).await,
        (&Method::GET, "compare") => template_more::compare(sim, call).await,
        _ => Err(unsupported(call)),
    }
}

fn unsupported(call: &Call) -> GraphError {
    if call.path.len() > 1 {
        let words = call.path.iter().skip(1).map(String::as_str).collect::<Vec<_>>().join("/");
        GraphError::new(2500, "").message(format!("Unknown path components: /{words}"))
    } else {
        GraphError::no_object(call.method.as_str(), call.word(0))
    }
}
