//! The list of commands. Everything else is derived from it: the shell's `#[tauri::command]`s and their
//! permissions, the TypeScript client, the engine's dispatch.

/// Calls `$callback!` once with every command as `name(Request) -> Response;`. All types are in [`crate::dto`].
#[macro_export]
macro_rules! for_each_command {
    ($callback:ident) => {
        $callback! {
            app_status(Nothing) -> AppStatus;
            practice_open(Nothing) -> AppStatus;
            profile_open(ProfileOpen) -> AppStatus;
            profile_take_contacts(ProfileTakeContacts) -> TakenContacts;
            settings_get(Nothing) -> Settings;
            settings_update(Settings) -> Settings;
            changes_since(ChangesSince) -> Changes;
            today_get(Nothing) -> Today;
            status_bar_get(Nothing) -> StatusBar;
            diagnostics_get(Nothing) -> Diagnostics;
            webhook_explain(WebhookExplain) -> WebhookExplanation;
            kept_event_list(Nothing) -> KeptEvents;
            kept_event_get(ById) -> KeptEventText;

            account_discover(AccountDiscover) -> DiscoveredAccounts;
            account_connect(AccountConnect) -> AccountOverview;
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
            sample_list_path(Nothing) -> SavedFile;

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
            campaign_rehearse(CampaignRehearse) -> Rehearsal;
            campaign_rehearse_cancel(ById) -> Nothing;
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
            media_open(MediaOpen) -> MediaOpened;
            media_save(MediaSave) -> SavedFile;

            phone_customers(PhoneCustomersRequest) -> PhoneCustomers;
            phone_conversation(PhoneById) -> PhoneConversation;
            phone_send(PhoneSend) -> PhoneConversation;
            phone_tap_button(PhoneTapButton) -> PhoneConversation;
            phone_preference(PhonePreference) -> PhoneConversation;
            phone_block(PhoneBlock) -> PhoneConversation;
            practice_settings_get(Nothing) -> PracticeSettings;
            practice_settings_update(PracticeSettings) -> PracticeSettings;
            practice_ledger_summary(Nothing) -> LedgerSummary;

            window_close_decide(WindowCloseDecide) -> Nothing;
            window_fault_note(WindowFault) -> Nothing;
        }
    };
}

macro_rules! names {
    ($($name:ident($req:ty) -> $res:ty;)*) => {
        /// Every command's name, for permissions and for tests of completeness.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}
for_each_command!(names);
