//! Graph's error envelope and the codes the practice account answers with (errors.md).

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use serde_json::{Value, json};

use super::titles::http_status;
pub(crate) use super::titles::title;

/// A refusal in the documented envelope.
#[derive(Debug, Clone)]
pub(crate) struct GraphError {
    pub(crate) status: u16,
    pub(crate) code: i64,
    pub(crate) message: String,
    pub(crate) kind: &'static str,
    pub(crate) subcode: Option<i64>,
    pub(crate) details: Option<String>,
    pub(crate) transient: bool,
    rare: Option<Box<Rare>>,
}

/// Parts that few errors have.
#[derive(Debug, Clone, Default)]
struct Rare {
    user_title: Option<String>,
    user_msg: Option<String>,
    beside: Option<Value>,
}

impl GraphError {
    /// An error with the HTTP status that errors.md lists for its code.
    pub(crate) fn new(code: i64, message: impl Into<String>) -> Self {
        Self {
            status: http_status(code),
            code,
            message: format!("(#{code}) {}", message.into()),
            kind: "OAuthException",
            subcode: None,
            details: None,
            transient: false,
            rare: None,
        }
    }

    /// An error by code with its usual title and these details.
    pub(crate) fn of(code: i64, details: impl Into<String>) -> Self {
        Self::new(code, title(code)).details(details)
    }

    /// Adds `error_data.details`.
    pub(crate) fn details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }

    /// Adds `error_subcode`.
    pub(crate) fn subcode(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    /// Adds the two texts meant for people; template management carries its reasons there.
    pub(crate) fn user(mut self, title: impl Into<String>, message: impl Into<String>) -> Self {
        let rare = self.rare.get_or_insert_default();
        rare.user_title = Some(title.into());
        rare.user_msg = Some(message.into());
        self
    }

    /// Keys some errors add beside `error`, as block_users does.
    pub(crate) fn beside(mut self, keys: Value) -> Self {
        self.rare.get_or_insert_default().beside = Some(keys);
        self
    }

    /// Replaces the message as a whole (some codes carry no `(#code)` prefix).
    pub(crate) fn message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Another HTTP status than the usual one.
    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Marks it `is_transient`.
    pub(crate) fn transient(mut self) -> Self {
        self.transient = true;
        self
    }

    /// An object that does not exist or may not be seen: the two are not told apart.
    pub(crate) fn no_object(method: &str, id: &str) -> Self {
        let mut error = Self::new(100, "").subcode(33).message(format!(
            "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api",
            method.to_lowercase()
        ));
        error.kind = "GraphMethodException";
        error
    }

    /// A parameter nobody documented.
    pub(crate) fn unknown_key(key: &str, on: &str) -> Self {
        Self::new(100, "Invalid parameter").details(format!("Unexpected key \"{key}\" on param \"{on}\"."))
    }

    /// A required parameter that is not there.
    pub(crate) fn missing(name: &str) -> Self {
        Self::of(131_008, format!("The parameter {name} is required."))
    }

    /// A parameter with a value outside its documented range.
    pub(crate) fn invalid(details: impl Into<String>) -> Self {
        Self::of(131_009, details)
    }

    /// The envelope.
    pub(crate) fn body(&self) -> Value {
        let mut error =
            json!({"message": self.message, "type": self.kind, "code": self.code, "fbtrace_id": trace_id()});
        if let Some(map) = error.as_object_mut() {
            if let Some(details) = &self.details {
                map.insert("error_data".into(), json!({"messaging_product": "whatsapp", "details": details}));
            }
            if let Some(subcode) = self.subcode {
                map.insert("error_subcode".into(), json!(subcode));
            }
            if self.transient {
                map.insert("is_transient".into(), json!(true));
            }
            let rare = self.rare.as_deref();
            if let Some(title) = rare.and_then(|r| r.user_title.as_ref()) {
                map.insert("error_user_title".into(), json!(title));
            }
            if let Some(text) = rare.and_then(|r| r.user_msg.as_ref()) {
                map.insert("error_user_msg".into(), json!(text));
            }
        }
        let mut body = json!({"error": error});
        if let (Some(body), Some(Value::Object(beside))) =
            (body.as_object_mut(), self.rare.as_deref().and_then(|r| r.beside.as_ref()))
        {
            body.extend(beside.clone());
        }
        body
    }

    /// The HTTP answer.
    pub(crate) fn response(&self) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = Response::new(Body::from(self.body().to_string()));
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json; charset=UTF-8"));
        if self.status == 401 {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                header::HeaderValue::from_static("OAuth \"Facebook Platform\" \"invalid_token\""),
            );
        }
        response
    }
}

/// The refusal of a request whose line or headers cannot be read.
pub(crate) fn unreadable() -> GraphError {
    GraphError::new(1, "Invalid request")
        .details("The request cannot be read. Percent-encode what is not allowed in an address as it stands.")
}

/// A trace id in the form Graph uses.
fn trace_id() -> String {
    use base64::Engine;
    let bytes: [u8; 16] = rand::random();
    format!("A{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

/// The object a webhook carries for a failed message (webhooks.md §5.7).
pub(crate) fn webhook_error(code: i64, details: &str) -> Value {
    json!({
        "code": code, "title": title(code), "message": title(code), "error_data": {"details": details},
        "href": "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes"
    })
}

/// What `error_data.details` of a failed status says.
pub(crate) fn failure_details(code: i64) -> &'static str {
    match code {
        131_026 => "Message undeliverable.",
        131_047 => {
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
        }
        131_048 => {
            "Message failed to send because there are restrictions on how many messages can be sent from this phone number."
        }
        131_049 => "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
        131_050 => "The recipient chose to stop receiving marketing messages on WhatsApp from this business.",
        130_472 => "Failed to send message because this user's phone number is part of an experiment.",
        131_053 => "The media could not be downloaded from the link.",
        132_015 => "The template was paused while the message was held for quality assessment.",
        131_000 => "Message failed to send due to an unknown error.",
        _ => "Message failed.",
    }
}
