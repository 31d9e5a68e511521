//! The inbox.

use switchboard_bridge::dto::{
    ById, ChatStart, MessageReply, MessageSendTemplate, Nothing, ThreadDetail, ThreadGet, ThreadListRequest,
    ThreadMessage, ThreadPage,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::ids::ContactId;
use switchboard_domain::time::UnixMillis;

use crate::inbox::{self, outgoing};
use crate::{Console, EngineError};

/// A page of threads.
///
/// # Errors
/// A store error's sentence.
pub async fn thread_list(console: &Console, request: ThreadListRequest) -> Result<ThreadPage, UiError> {
    let now = console.clock().now();
    Ok(console.store().read(move |conn| inbox::list(conn, &request, now)).await.map_err(EngineError::Store)?)
}

/// One thread.
///
/// # Errors
/// `NotFound`.
pub async fn thread_get(console: &Console, request: ThreadGet) -> Result<ThreadDetail, UiError> {
    let now = console.clock().now();
    let gone = || {
        UiError::new(UiErrorCode::NotFound, "This conversation does not exist (any more).", "Open one from the list.")
    };
    let contact = ContactId::parse(&request.contact_id).map_err(|_| gone())?;
    let before = request.before_ms.map(UnixMillis::new);
    console
        .store()
        .read(move |conn| inbox::thread(conn, contact, before, request.limit, now))
        .await
        .map_err(EngineError::Store)?
        .ok_or_else(gone)
}

/// Everything in a thread was seen; the person sees that too.
///
/// # Errors
/// A store error's sentence.
pub async fn thread_mark_read(console: &Console, request: ById) -> Result<Nothing, UiError> {
    outgoing::mark_read(console, &request.id).await?;
    Ok(Nothing {})
}

/// Answers inside the window.
///
/// # Errors
/// As [`outgoing::reply`].
pub async fn message_reply(console: &Console, request: MessageReply) -> Result<ThreadMessage, UiError> {
    outgoing::reply(console, request).await
}

/// Sends a template to one person.
///
/// # Errors
/// As [`outgoing::send_template`].
pub async fn message_send_template(console: &Console, request: MessageSendTemplate) -> Result<ThreadMessage, UiError> {
    outgoing::send_template(console, request).await
}

/// Opens a conversation with a person or a number.
///
/// # Errors
/// As [`outgoing::start_chat`].
pub async fn chat_start(console: &Console, request: ChatStart) -> Result<ThreadDetail, UiError> {
    outgoing::start_chat(console, request).await
}
