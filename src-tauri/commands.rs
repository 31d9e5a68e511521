//! The commands of the contract, one real `#[tauri::command]` each, so that each has a permission of its own.
//!
//! Those that concern a profile go to [`switchboard_engine::api`]; those that concern the program are here.

use switchboard_bridge::dto::*;
use switchboard_bridge::{UiError, for_each_command};
use switchboard_engine::profile::Profile;
use switchboard_engine::secrets::SecretStore;
use switchboard_engine::{EngineError, api};
use switchboard_practice::{phone, rehearsal};
use tauri::{AppHandle, State, Wry};

use crate::state::AppState;

/// A command that the open profile's console answers.
macro_rules! of_the_console {
    ($($name:ident($request:ty) -> $response:ty;)*) => {$(
        pub(super) async fn $name(state: &AppState, _: &AppHandle, request: $request) -> Result<$response, UiError> {
            api::$name(&state.console()?, request).await
        }
    )*};
}

/// What each command does; [`handlers`] wraps them for the web view.
mod run {
    use super::*;

    of_the_console! {
        settings_get(Nothing) -> Settings;
        settings_update(Settings) -> Settings;
        changes_since(ChangesSince) -> Changes;
        today_get(Nothing) -> Today;
        status_bar_get(Nothing) -> StatusBar;
        kept_event_list(Nothing) -> KeptEvents;
        kept_event_get(ById) -> KeptEventText;
        account_overview(Nothing) -> AccountOverview;
        account_recheck(Nothing) -> AccountOverview;
        account_replace_token(AccountReplaceToken) -> AccountOverview;
        account_confirm_step(AccountConfirmStep) -> AccountOverview;
        relay_status(Nothing) -> RelayStatus;
        relay_pairing_inspect(RelayLink) -> RelayPairing;
        relay_pair(RelayPair) -> RelayStatus;
        relay_leave(Nothing) -> RelayStatus;
        relay_devices(Nothing) -> RelayDevices;
        relay_new_link(Nothing) -> RelayNewLink;
        relay_device_approve(RelayApprove) -> RelayDevices;
        relay_device_rename(RelayRename) -> RelayDevices;
        relay_device_remove(ById) -> RelayDevices;
        relay_take_over(Nothing) -> RelayStatus;
        webhook_subscription_get(Nothing) -> WebhookSubscription;
        webhook_subscribe(WebhookSubscribe) -> WebhookSubscription;
        status_audit_run(StatusAuditRun) -> StatusAuditResult;
        template_list(TemplateListRequest) -> TemplateList;
        template_get(ById) -> TemplateDetail;
        template_sync(Nothing) -> TemplateSyncResult;
        consent_import_inspect(ImportInspect) -> ImportInspection;
        consent_import_preview(ImportPreviewRequest) -> ImportPreview;
        consent_import_rows(ImportRowsRequest) -> ImportRowsPage;
        consent_import_commit(ImportCommit) -> ImportSummary;
        consent_import_cancel(ById) -> ImportSummary;
        consent_import_undo(ById) -> ImportSummary;
        consent_import_list(Nothing) -> ImportList;
        consent_import_rejected_save(ImportRejectedSave) -> SavedFile;
        contact_list(ContactListRequest) -> ContactPage;
        contact_get(ById) -> ContactDetail;
        contact_tag(ContactTag) -> Nothing;
        contact_opt_out(ContactOptOut) -> ContactDetail;
        consent_why(ConsentWhyRequest) -> ConsentVerdict;
        opt_out_decide(OptOutDecide) -> ContactDetail;
        contact_erase_preview(ById) -> ErasurePreview;
        contact_erase(ContactErase) -> ErasureDone;
        consent_prove(ConsentProve) -> SavedFile;
        contact_export(ContactExport) -> SavedFile;
        contact_opt_in(ContactOptIn) -> ContactDetail;
        suppression_export(SuppressionExport) -> SavedFile;
        suppression_import(SuppressionImport) -> SuppressionImported;
        consent_verify(Nothing) -> LedgerVerification;
        consent_verify_cancel(Nothing) -> Nothing;
        campaign_list(Nothing) -> CampaignList;
        campaign_draft_save(CampaignDraft) -> CampaignDetail;
        campaign_draft_delete(ById) -> Nothing;
        campaign_review(ById) -> CampaignReview;
        campaign_preflight(ById) -> CampaignPreflight;
        campaign_test_send(CampaignTestSend) -> TestSends;
        campaign_test_list(ById) -> TestSends;
        campaign_rehearsal_get(ById) -> RehearsalFound;
        campaign_previews(CampaignPreviewsRequest) -> CampaignPreviews;
        campaign_launch(CampaignLaunch) -> CampaignDetail;
        campaign_undo_launch(ById) -> CampaignDetail;
        campaign_get(ById) -> CampaignDetail;
        campaign_recipients(CampaignRecipientsRequest) -> RecipientPage;
        audience_count(AudienceCountRequest) -> AudienceCount;
        audience_choices(Nothing) -> AudienceChoices;
        audience_column_values(AudienceColumn) -> ColumnValues;
        audience_list_add(AudienceListAdd) -> AudienceList;
        campaign_pause(ById) -> CampaignDetail;
        campaign_resume(ById) -> CampaignDetail;
        campaign_cancel(ById) -> CampaignDetail;
        campaign_set_budget(CampaignSetBudget) -> CampaignDetail;
        campaign_report(CampaignReportRequest) -> CampaignReport;
        campaign_recipients_save(CampaignRecipientsSave) -> SavedFile;
        campaign_retry_offer(ById) -> RetryOffer;
        campaign_retry(ById) -> CampaignDetail;
        rate_card_list(Nothing) -> RateCardList;
        rate_card_import(RateCardImport) -> RateCardList;
        rate_card_remove(ById) -> RateCardList;
        number_limits_list(Nothing) -> NumberLimitsList;
        number_limits_set(NumberLimitsSet) -> NumberLimitsList;
        unknown_list(UnknownListRequest) -> UnknownPage;
        unknown_settle(UnknownSettle) -> UnknownSettled;
        thread_list(ThreadListRequest) -> ThreadPage;
        thread_get(ThreadGet) -> ThreadDetail;
        thread_mark_read(ById) -> Nothing;
        message_reply(MessageReply) -> ThreadMessage;
        message_send_template(MessageSendTemplate) -> ThreadMessage;
        chat_start(ChatStart) -> ThreadDetail;
    }

    pub(super) async fn app_status(state: &AppState, _: &AppHandle, _: Nothing) -> Result<AppStatus, UiError> {
        state.status_for_window().await
    }

    pub(super) async fn practice_open(state: &AppState, _: &AppHandle, _: Nothing) -> Result<AppStatus, UiError> {
        state.open_practice().await
    }

    pub(super) async fn profile_open(
        state: &AppState,
        _: &AppHandle,
        request: ProfileOpen,
    ) -> Result<AppStatus, UiError> {
        if request.name == switchboard_engine::profile::PRACTICE {
            return state.open_practice().await;
        }
        state.open_profile(&request.name).await
    }

    /// Opens the other profile for reading beside the open one.
    pub(super) async fn profile_take_contacts(
        state: &AppState,
        _: &AppHandle,
        request: ProfileTakeContacts,
    ) -> Result<TakenContacts, UiError> {
        let into = state.console()?;
        let from = Profile::find(state.data_dir(), &request.from).map_err(EngineError::from)?;
        let secrets = SecretStore::for_profile(&from);
        let from = switchboard_engine::Console::open(switchboard_engine::OpenConsole {
            profile: from,
            secrets,
            clock: into.clock().clone(),
            want_role: false,
        })
        .await?;
        let taken = api::profile_take_contacts(&into, &from).await;
        from.close().await;
        taken
    }

    pub(super) async fn diagnostics_get(
        state: &AppState,
        _: &AppHandle,
        request: Nothing,
    ) -> Result<Diagnostics, UiError> {
        let mut page = api::diagnostics_get(&state.console()?, request).await?;
        page.version = env!("CARGO_PKG_VERSION").to_owned();
        page.log_dir = state.data_dir().join("logs").to_string_lossy().into_owned();
        Ok(page)
    }

    /// Needs no profile: it reads what it is given.
    pub(super) async fn webhook_explain(
        _: &AppState,
        _: &AppHandle,
        request: WebhookExplain,
    ) -> Result<WebhookExplanation, UiError> {
        api::webhook_explain(request).await
    }

    /// Needs no open profile: it looks before there is one.
    pub(super) async fn account_discover(
        _: &AppState,
        _: &AppHandle,
        request: AccountDiscover,
    ) -> Result<DiscoveredAccounts, UiError> {
        api::account_discover(request).await
    }

    pub(super) async fn account_connect(
        state: &AppState,
        _: &AppHandle,
        request: AccountConnect,
    ) -> Result<AccountOverview, UiError> {
        let name = request.profile.clone();
        state.connect_new(&name, async move |console| api::account_connect(console, request).await).await
    }

    pub(super) async fn sample_list_path(state: &AppState, _: &AppHandle, _: Nothing) -> Result<SavedFile, UiError> {
        state.practice()?;
        let console = state.console()?;
        let path = console.profile().files_dir().map_err(EngineError::from)?.join("sample-list.csv");
        let text = switchboard_simulator::sample_list_csv();
        let rows = u64::try_from(text.lines().count().saturating_sub(1)).unwrap_or(0);
        tokio::fs::write(&path, text).await.map_err(|_| {
            UiError::new(
                switchboard_bridge::UiErrorCode::Disk,
                "The sample list could not be written.",
                "Free some space or correct the folder's permissions.",
            )
        })?;
        Ok(SavedFile { path: path.to_string_lossy().into_owned(), rows: Some(rows) })
    }

    pub(super) async fn phone_customers(
        state: &AppState,
        _: &AppHandle,
        request: PhoneCustomersRequest,
    ) -> Result<PhoneCustomers, UiError> {
        phone::customers(&*state.practice()?, request).await
    }

    pub(super) async fn campaign_rehearse(
        state: &AppState,
        _: &AppHandle,
        request: CampaignRehearse,
    ) -> Result<Rehearsal, UiError> {
        rehearsal::rehearse(&state.console()?, request).await
    }

    pub(super) async fn campaign_rehearse_cancel(
        _: &AppState,
        _: &AppHandle,
        request: ById,
    ) -> Result<Nothing, UiError> {
        rehearsal::cancel(&request)
    }

    pub(super) async fn phone_conversation(
        state: &AppState,
        _: &AppHandle,
        request: PhoneById,
    ) -> Result<PhoneConversation, UiError> {
        phone::conversation(&*state.practice()?, request).await
    }

    pub(super) async fn phone_send(
        state: &AppState,
        _: &AppHandle,
        request: PhoneSend,
    ) -> Result<PhoneConversation, UiError> {
        phone::send(&*state.practice()?, request).await
    }

    pub(super) async fn phone_tap_button(
        state: &AppState,
        _: &AppHandle,
        request: PhoneTapButton,
    ) -> Result<PhoneConversation, UiError> {
        phone::tap(&*state.practice()?, request).await
    }

    pub(super) async fn phone_preference(
        state: &AppState,
        _: &AppHandle,
        request: PhonePreference,
    ) -> Result<PhoneConversation, UiError> {
        phone::preference(&*state.practice()?, request).await
    }

    pub(super) async fn phone_block(
        state: &AppState,
        _: &AppHandle,
        request: PhoneBlock,
    ) -> Result<PhoneConversation, UiError> {
        phone::block(&*state.practice()?, request).await
    }

    pub(super) async fn practice_settings_get(
        state: &AppState,
        _: &AppHandle,
        _: Nothing,
    ) -> Result<PracticeSettings, UiError> {
        Ok(phone::settings(&*state.practice()?))
    }

    pub(super) async fn practice_settings_update(
        state: &AppState,
        _: &AppHandle,
        request: PracticeSettings,
    ) -> Result<PracticeSettings, UiError> {
        phone::update_settings(&*state.practice()?, request).await
    }

    pub(super) async fn practice_ledger_summary(
        state: &AppState,
        _: &AppHandle,
        _: Nothing,
    ) -> Result<LedgerSummary, UiError> {
        phone::ledger_summary(&*state.practice()?).await
    }

    pub(super) async fn media_open(
        state: &AppState,
        app: &AppHandle,
        request: MediaOpen,
    ) -> Result<MediaOpened, UiError> {
        crate::received::open(state, app, request).await
    }

    pub(super) async fn media_save(state: &AppState, _: &AppHandle, request: MediaSave) -> Result<SavedFile, UiError> {
        crate::received::save(state, request).await
    }

    pub(super) async fn window_fault_note(
        _: &AppState,
        _: &AppHandle,
        request: WindowFault,
    ) -> Result<Nothing, UiError> {
        crate::logging::note_fault(&request);
        Ok(Nothing {})
    }

    pub(super) async fn window_close_decide(
        _: &AppState,
        app: &AppHandle,
        request: WindowCloseDecide,
    ) -> Result<Nothing, UiError> {
        crate::close::decide(app, request).await
    }
}

macro_rules! handlers {
    ($($name:ident($request:ty) -> $response:ty;)*) => {
        mod handlers {
            use super::*;
            $(
                #[tauri::command]
                pub(super) async fn $name(
                    app: AppHandle,
                    state: State<'_, AppState>,
                    request: $request,
                ) -> Result<$response, UiError> {
                    super::run::$name(&state, &app, request).await
                }
            )*
        }

        /// Everything the web view may call.
        pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$(handlers::$name),*]
        }
    };
}
for_each_command!(handlers);
