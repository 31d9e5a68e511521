//! The pretend phone: playing the customer, in the shapes of the contract.

use base64::Engine;
use switchboard_bridge::dto::{
    LedgerSummary, Mood as MoodWord, PhoneBlock, PhoneById, PhoneConversation, PhoneCustomer, PhoneCustomers,
    PhoneCustomersRequest, PhoneMessage, PhonePreference, PhoneSend, PhoneTapButton, PracticeSettings, Ticks,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_simulator::{ControlError, CustomerCard, PhoneLine};

use crate::PracticeAccount;

const NEWEST_LINES: u32 = 200;

fn trouble(error: ControlError) -> UiError {
    let code = match error {
        ControlError::NotFound(_) => UiErrorCode::NotFound,
        ControlError::Invalid(_) => UiErrorCode::InvalidInput,
        _ => UiErrorCode::Internal,
    };
    UiError::new(code, format!("The pretend phone could not do this: {error}."), "Choose the customer again.")
}

fn card(customer: &CustomerCard) -> PhoneCustomer {
    let number = format!("+{}", customer.wa_id);
    let address = match &customer.username {
        Some(username) if customer.hides_phone => format!("@{username}"),
        _ => number,
    };
    PhoneCustomer {
        id: customer.id.to_string(),
        name: if customer.name.is_empty() { address.clone() } else { customer.name.clone() },
        address,
        last_line: customer.last_text.clone(),
        last_at_ms: customer.last_at_ms,
    }
}

/// Customers, last active first.
///
/// # Errors
/// A sentence when the practice account cannot answer.
pub async fn customers(account: &PracticeAccount, request: PhoneCustomersRequest) -> Result<PhoneCustomers, UiError> {
    let words = request.search.unwrap_or_default().trim().to_lowercase();
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    let all = account.control().customers().await.map_err(trouble)?;
    let mut found: Vec<PhoneCustomer> = all
        .iter()
        .map(card)
        .filter(|c| {
            words.is_empty()
                || c.name.to_lowercase().contains(&words)
                || c.address.to_lowercase().contains(&words)
                || (digits.len() > 2 && c.address.contains(&digits))
        })
        .collect();
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    found.truncate(usize::try_from(request.limit.min(100)).unwrap_or(100));
    Ok(PhoneCustomers { items: found, total })
}

/// The chat with one customer, as they see it. Opening it marks everything delivered as read.
///
/// # Errors
/// A sentence when there is no such customer.
pub async fn conversation(account: &PracticeAccount, request: PhoneById) -> Result<PhoneConversation, UiError> {
    let control = account.control();
    let id = &request.customer_id;
    let card_now = find(account, id).await?;
    control.open_chat(id).await.map_err(trouble)?;
    let lines = control.conversation(id, 0, NEWEST_LINES).await.map_err(trouble)?;
    let mut messages = Vec::with_capacity(lines.len());
    for line in &lines {
        messages.push(message(account, line).await);
    }
    Ok(PhoneConversation {
        business_name: business_name(),
        marketing_stopped: card_now.stopped_marketing,
        blocked: card_now.blocks_us,
        customer: card(&card_now),
        messages,
    })
}

/// The shop's name as customers see it.
fn business_name() -> String {
    switchboard_simulator::SHOP_NAME.to_owned()
}

async fn find(account: &PracticeAccount, id: &str) -> Result<CustomerCard, UiError> {
    let all = account.control().customers().await.map_err(trouble)?;
    all.into_iter().find(|c| c.id.to_string() == id).ok_or_else(|| {
        UiError::new(UiErrorCode::NotFound, "There is no such customer at the practice account.", "Choose another one.")
    })
}

async fn message(account: &PracticeAccount, line: &PhoneLine) -> PhoneMessage {
    let mut image_data_url = None;
    if let Some(id) = line.media.as_ref().and_then(|m| m.id.as_ref())
        && let Ok((mime, bytes)) = account.control().media(id).await
        && mime.starts_with("image/")
    {
        let data = base64::engine::general_purpose::STANDARD.encode(bytes);
        image_data_url = Some(format!("data:{mime};base64,{data}"));
    }
    let ticks = match line.status {
        _ if !line.from_customer => None,
        "read" => Some(Ticks::Read),
        "delivered" => Some(Ticks::Delivered),
        _ => Some(Ticks::Sent),
    };
    PhoneMessage {
        id: line.wamid.clone(),
        from_customer: line.from_customer,
        text: line.body.clone().unwrap_or_default(),
        header: line.header.clone(),
        footer: line.footer.clone(),
        buttons: line.buttons.iter().map(|b| b.text.clone()).collect(),
        image_data_url,
        ticks,
        at_ms: line.at_ms,
    }
}

/// Writes as the customer, or sends a photo.
///
/// # Errors
/// A sentence when it cannot be sent.
pub async fn send(account: &PracticeAccount, request: PhoneSend) -> Result<PhoneConversation, UiError> {
    let control = account.control();
    let text = request.text.trim();
    if request.photo {
        control.send_photo(&request.customer_id, (!text.is_empty()).then_some(text)).await.map_err(trouble)?;
    } else if !text.is_empty() {
        control.send_text(&request.customer_id, text, None).await.map_err(trouble)?;
    }
    conversation(account, PhoneById { customer_id: request.customer_id }).await
}

/// Taps a button under one of our messages.
///
/// # Errors
/// A sentence when there is no such button.
pub async fn tap(account: &PracticeAccount, request: PhoneTapButton) -> Result<PhoneConversation, UiError> {
    let chat = conversation(account, PhoneById { customer_id: request.customer_id.clone() }).await?;
    let label = chat
        .messages
        .iter()
        .find(|m| m.id == request.message_id)
        .and_then(|m| usize::try_from(request.button).ok().and_then(|i| m.buttons.get(i)))
        .cloned()
        .ok_or_else(|| UiError::new(UiErrorCode::NotFound, "There is no such button.", "Open the chat again."))?;
    account.control().tap(&request.customer_id, &request.message_id, &label).await.map_err(trouble)?;
    conversation(account, PhoneById { customer_id: request.customer_id }).await
}

/// Stops or resumes marketing in the chat's menu.
///
/// # Errors
/// A sentence when there is no such customer.
pub async fn preference(account: &PracticeAccount, request: PhonePreference) -> Result<PhoneConversation, UiError> {
    account.control().stop_marketing(&request.customer_id, request.stop).await.map_err(trouble)?;
    conversation(account, PhoneById { customer_id: request.customer_id }).await
}

/// Blocks or unblocks the business.
///
/// # Errors
/// A sentence when there is no such customer.
pub async fn block(account: &PracticeAccount, request: PhoneBlock) -> Result<PhoneConversation, UiError> {
    account.control().block_business(&request.customer_id, request.block).await.map_err(trouble)?;
    conversation(account, PhoneById { customer_id: request.customer_id }).await
}

/// How the practice account behaves now.
///
/// # Errors
/// A sentence when it cannot answer.
pub fn settings(account: &PracticeAccount) -> PracticeSettings {
    let (auto, rough, speed) = account.control().mode();
    PracticeSettings { auto, mood: if rough { MoodWord::Rough } else { MoodWord::Mild }, speed }
}

/// Changes how it behaves.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] for a speed that is none.
pub async fn update_settings(
    account: &PracticeAccount,
    request: PracticeSettings,
) -> Result<PracticeSettings, UiError> {
    account
        .set_mode(request.auto, request.mood == MoodWord::Rough, request.speed)
        .await
        .map_err(|_| UiError::new(UiErrorCode::InvalidInput, "This is not a speed.", "Use a number from 1 to 1000."))?;
    Ok(settings(account))
}

/// What the practice account really accepted and did.
///
/// # Errors
/// A sentence when the ledger cannot be read.
pub async fn ledger_summary(account: &PracticeAccount) -> Result<LedgerSummary, UiError> {
    let counts = account.control().summary().await.map_err(trouble)?;
    let count = |key: &str| counts.get(key).and_then(serde_json::Value::as_u64).unwrap_or(0);
    Ok(LedgerSummary {
        sent: count("sent"),
        delivered: count("delivered"),
        read: count("read"),
        replied: count("replied"),
        failed: count("failed"),
        withheld: count("withheld"),
        stopped: count("stopped"),
        twice: count("correlations_accepted_twice") + count("people_with_template_twice"),
    })
}
