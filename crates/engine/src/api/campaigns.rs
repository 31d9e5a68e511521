//! Campaigns.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{
    ById, CampaignDetail, CampaignDraft, CampaignLaunch, CampaignList, CampaignPreflight, CampaignPreviews,
    CampaignPreviewsRequest, CampaignRecipientsRequest, CampaignRecipientsSave, CampaignReport, CampaignReportRequest,
    CampaignReview, CampaignTestSend, Nothing, RecipientPage, RehearsalFound, RetryOffer, SavedFile, TestSends,
};

use crate::Console;
use crate::campaigns::{self, parse_id};

/// All campaigns, newest first.
///
/// # Errors
/// A store error's sentence.
pub async fn campaign_list(console: &Console, _: Nothing) -> Result<CampaignList, UiError> {
    campaigns::list(console).await
}

/// Saves a draft; a new one without an id.
///
/// # Errors
/// See [`campaigns::save`].
pub async fn campaign_draft_save(console: &Console, request: CampaignDraft) -> Result<CampaignDetail, UiError> {
    campaigns::save(console, request).await
}

/// Deletes a draft.
///
/// # Errors
/// See [`campaigns::delete`].
pub async fn campaign_draft_delete(console: &Console, request: ById) -> Result<Nothing, UiError> {
    campaigns::delete(console, parse_id(&request.id)?).await?;
    Ok(Nothing {})
}

/// What will happen, before anything happens.
///
/// # Errors
/// See [`campaigns::review`].
pub async fn campaign_review(console: &Console, request: ById) -> Result<CampaignReview, UiError> {
    campaigns::review(console, parse_id(&request.id)?).await
}

/// Everything that can be checked before a launch.
///
/// # Errors
/// See [`campaigns::preflight`].
pub async fn campaign_preflight(console: &Console, request: ById) -> Result<CampaignPreflight, UiError> {
    campaigns::preflight(console, parse_id(&request.id)?).await
}

/// Sends the message to the operator's own phones.
///
/// # Errors
/// See [`campaigns::test_send`].
pub async fn campaign_test_send(console: &Console, request: CampaignTestSend) -> Result<TestSends, UiError> {
    campaigns::test_send(console, request).await
}

/// The operator's phones with their newest test.
///
/// # Errors
/// See [`campaigns::test_list`].
pub async fn campaign_test_list(console: &Console, request: ById) -> Result<TestSends, UiError> {
    campaigns::test_list(console, parse_id(&request.id)?).await
}

/// The messages of real recipients, a page at a time.
///
/// # Errors
/// See [`campaigns::previews`].
pub async fn campaign_previews(
    console: &Console,
    request: CampaignPreviewsRequest,
) -> Result<CampaignPreviews, UiError> {
    campaigns::previews(console, request).await
}

/// Launches a draft.
///
/// # Errors
/// See [`campaigns::launch`].
pub async fn campaign_launch(console: &Console, request: CampaignLaunch) -> Result<CampaignDetail, UiError> {
    campaigns::launch(console, request).await
}

/// Undoes a launch of which nothing has left.
///
/// # Errors
/// See [`campaigns::undo`].
pub async fn campaign_undo_launch(console: &Console, request: ById) -> Result<CampaignDetail, UiError> {
    campaigns::undo(console, parse_id(&request.id)?).await
}

/// One campaign.
///
/// # Errors
/// See [`campaigns::get`].
pub async fn campaign_get(console: &Console, request: ById) -> Result<CampaignDetail, UiError> {
    campaigns::get(console, parse_id(&request.id)?).await
}

/// The people behind a count.
///
/// # Errors
/// See [`campaigns::recipients`].
pub async fn campaign_recipients(
    console: &Console,
    request: CampaignRecipientsRequest,
) -> Result<RecipientPage, UiError> {
    campaigns::recipients(console, request).await
}

/// Pauses; what is in flight is finished.
///
/// # Errors
/// See [`campaigns::pause`].
pub async fn campaign_pause(console: &Console, request: ById) -> Result<CampaignDetail, UiError> {
    campaigns::pause(console, parse_id(&request.id)?).await
}

/// Resumes, unless something stops the account.
///
/// # Errors
/// See [`campaigns::resume`].
pub async fn campaign_resume(console: &Console, request: ById) -> Result<CampaignDetail, UiError> {
    campaigns::resume(console, parse_id(&request.id)?).await
}

/// Cancels what has not left.
///
/// # Errors
/// See [`campaigns::cancel`].
pub async fn campaign_cancel(console: &Console, request: ById) -> Result<CampaignDetail, UiError> {
    campaigns::cancel(console, parse_id(&request.id)?).await
}

/// What became of a launched campaign, beside what was foretold.
///
/// # Errors
/// See [`campaigns::report`].
pub async fn campaign_report(console: &Console, request: CampaignReportRequest) -> Result<CampaignReport, UiError> {
    campaigns::report(console, request).await
}

/// Saves a campaign's people as a table.
///
/// # Errors
/// See [`campaigns::save_recipients`].
pub async fn campaign_recipients_save(
    console: &Console,
    request: CampaignRecipientsSave,
) -> Result<SavedFile, UiError> {
    campaigns::save_recipients(console, request).await
}

/// What could be tried again, and why not more.
///
/// # Errors
/// See [`campaigns::retry_offer`].
pub async fn campaign_retry_offer(console: &Console, request: ById) -> Result<RetryOffer, UiError> {
    campaigns::retry_offer(console, parse_id(&request.id)?).await
}

/// Tries again what is safe to try again.
///
/// # Errors
/// See [`campaigns::retry`].
pub async fn campaign_retry(console: &Console, request: ById) -> Result<CampaignDetail, UiError> {
    campaigns::retry(console, parse_id(&request.id)?).await
}

/// The newest rehearsal of a campaign.
///
/// # Errors
/// See [`campaigns::rehearsal::newest`].
pub async fn campaign_rehearsal_get(console: &Console, request: ById) -> Result<RehearsalFound, UiError> {
    campaigns::rehearsal::newest(console, parse_id(&request.id)?).await
}
