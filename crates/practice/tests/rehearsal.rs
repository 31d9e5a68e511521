//! Rehearsals of a whole campaign: real engine, real audience, a practice account of its own; nothing of it stays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::path::Path;
use std::sync::Arc;

use switchboard_bridge::UiErrorCode;
use switchboard_bridge::dto::*;
use switchboard_engine::clock::SystemClock;
use switchboard_engine::profile::Profile;
use switchboard_engine::secrets::SecretStore;
use switchboard_engine::{Console, OpenConsole, api};
use switchboard_practice::{PracticeAccount, PracticeOptions, rehearsal};

struct World {
    console: Console,
    practice: PracticeAccount,
    _dir: tempfile::TempDir,
    campaign: String,
}

/// A profile with an account, an imported list and a draft for everybody on it.
async fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile::practice(dir.path()).unwrap();
    let secrets = SecretStore::for_profile(&profile);
    let practice = PracticeAccount::start(&profile, PracticeOptions::default()).await.unwrap();
    practice.set_mode(false, false, 100.0).await.unwrap();
    let console = Console::open(OpenConsole { profile, secrets, clock: Arc::new(SystemClock::new()), want_role: true })
        .await
        .unwrap();
    practice.connect(&console).await.unwrap();
    api::template_sync(&console, Nothing {}).await.unwrap();
    let file = dir.path().join("list.csv");
    std::fs::write(&file, switchboard_simulator::sample_list_csv()).unwrap();
    let path = file.to_string_lossy().into_owned();
    let found =
        api::consent_import_inspect(&console, ImportInspect { path: path.clone(), sheet: None, encoding: None })
            .await
            .unwrap();
    let preview = ImportPreviewRequest {
        path,
        mapping: found.columns.iter().map(|c| ColumnMapping { index: c.index, role: c.role }).collect(),
        region: Some("CA".to_owned()),
        has_header: found.has_header,
        sheet: None,
        encoding: None,
        meaning: None,
        date_order: None,
    };
    let preview = api::consent_import_preview(&console, preview).await.unwrap();
    let commit = ImportCommit { preview_id: preview.preview_id, unproven: UnprovenChoice::Leave, attestation: None };
    api::consent_import_commit(&console, commit).await.unwrap();
    let campaign = draft(&console).await;
    World { console, practice, _dir: dir, campaign }
}

async fn draft(console: &Console) -> String {
    let all = TemplateListRequest { search: None, sendable_only: true };
    let template = api::template_list(console, all)
        .await
        .unwrap()
        .items
        .into_iter()
        .find(|t| t.category == "marketing" && t.header_format.as_deref().is_none_or(|f| f == "TEXT"))
        .unwrap();
    let values = template
        .variables
        .iter()
        .map(|key| VariableValue {
            key: key.clone(),
            source: ValueSource::FirstName,
            value: String::new(),
            fallback: Some("friend".to_owned()),
            format: None,
        })
        .collect();
    let draft = CampaignDraft {
        id: None,
        name: "Autumn".to_owned(),
        template_id: Some(template.id),
        phone_number_id: None,
        audience: Audience { kind: AudienceKind::Everybody, import_ids: vec![], contact_ids: vec![], filter: None },
        values,
        rules: CampaignRules::default(),
    };
    api::campaign_draft_save(console, draft).await.unwrap().row.id
}

impl World {
    async fn rehearse(&self, trouble: Trouble) -> Rehearsal {
        let request = CampaignRehearse { id: self.campaign.clone(), trouble };
        rehearsal::rehearse(&self.console, request).await.unwrap_or_else(|e| panic!("{}: {}", e.message, e.remedy))
    }

    async fn close(self) {
        self.console.close().await;
        self.practice.stop().await;
    }
}

/// Every file below a folder.
fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    entries.flatten().map(|e| e.path()).flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).collect()
}

fn total(counts: &CampaignCounts) -> u64 {
    counts.excluded
        + counts.queued
        + counts.sending
        + counts.unknown
        + counts.held
        + counts.accepted
        + counts.sent
        + counts.delivered
        + counts.read
        + counts.failed
        + counts.withheld
        + counts.cancelled
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_trouble_it_comes_as_foretold_and_touches_nothing_of_the_real_account() {
    let world = world().await;
    let review = api::campaign_review(&world.console, ById { id: world.campaign.clone() }).await.unwrap();
    let found = world.rehearse(Trouble::None).await;
    assert_eq!(found.planned.people, review.will_receive);
    assert_eq!(found.rehearsed.people, review.will_receive, "{:?}", found.paused_reason);
    assert_eq!((found.counts.failed, found.counts.withheld, found.counts.unknown, found.opted_out), (0, 0, 0, 0));
    assert_eq!(found.counts.delivered + found.counts.read, review.will_receive, "everybody was reached");
    assert_eq!(found.counts.excluded, review.audience - review.will_receive, "the real consent decided");
    assert!(found.nobody_twice);
    let (planned, took) = (found.planned.seconds.unwrap(), found.rehearsed.seconds.unwrap());
    assert!(took + 15 >= planned && took <= planned + 30, "foretold {planned} s, rehearsed {took} s");
    let cost = |text: &Option<String>| text.as_deref().unwrap().parse::<f64>().unwrap();
    assert!((cost(&found.rehearsed.cost) - cost(&found.planned.cost)).abs() < 0.01, "what is delivered is charged");

    // Nothing left, nothing stays.
    let sent = world.practice.control().summary().await.unwrap();
    assert_eq!(sent["accepted"], 0, "the account that the profile is connected to saw no message");
    let real = api::campaign_get(&world.console, ById { id: world.campaign.clone() }).await.unwrap();
    assert_eq!((real.row.state, real.row.counts.audience), (CampaignStateDto::Draft, 0));
    assert!(files(&world.console.profile().dir().join("rehearsals")).is_empty());
    let kept = api::campaign_rehearsal_get(&world.console, ById { id: world.campaign.clone() }).await.unwrap();
    assert!(!kept.rehearsal.unwrap().outdated);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_much_trouble_everybody_is_accounted_for_nobody_gets_it_twice_and_nothing_readable_is_on_disk() {
    let world = world().await;
    let stage = world.console.profile().dir().join("rehearsals");
    let people =
        ContactListRequest { search: None, filter: ContactFilter::All, import_id: None, offset: 0, limit: 200 };
    let phones: Vec<String> = api::contact_list(&world.console, people)
        .await
        .unwrap()
        .rows
        .iter()
        .filter_map(|p| p.phone.as_ref().map(|phone| phone.trim_start_matches('+').to_owned()))
        .collect();
    assert!(phones.len() > 50);
    // A few numbers are enough, and leave the processor to the rehearsal.
    let wanted: Vec<&[u8]> = phones.iter().take(6).map(|p| p.as_bytes()).collect();
    let (console, id) = (world.console.clone(), world.campaign.clone());
    let rehearsing =
        tokio::spawn(
            async move { rehearsal::rehearse(&console, CampaignRehearse { id, trouble: Trouble::Much }).await },
        );
    let mut bytes_seen = 0;
    while !rehearsing.is_finished() {
        for file in files(&stage) {
            let bytes = std::fs::read(&file).unwrap_or_default();
            bytes_seen += bytes.len();
            for number in &wanted {
                let open = bytes.windows(number.len()).any(|part| part == *number);
                assert!(!open, "a number lies open in {}", file.display());
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    let found = rehearsing.await.unwrap().unwrap();
    assert!(bytes_seen > 0, "the look came in time");
    assert_eq!(total(&found.counts), found.counts.audience);
    assert!(found.nobody_twice);
    let trouble = found.counts.failed + found.counts.withheld + found.counts.unknown + found.opted_out;
    assert!(trouble > 0 && !found.obstacles.is_empty(), "{:?}", found.counts.read);
    assert!(files(&stage).is_empty());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_after_the_rehearsal_is_noticed_and_a_draft_with_gaps_is_not_rehearsed() {
    let world = world().await;
    let by_id = || ById { id: world.campaign.clone() };
    world.rehearse(Trouble::Some).await;
    let mut draft = api::campaign_get(&world.console, by_id()).await.unwrap().draft;
    draft.rules.budget = Some("40.00".to_owned());
    api::campaign_draft_save(&world.console, draft.clone()).await.unwrap();
    let kept = api::campaign_rehearsal_get(&world.console, by_id()).await.unwrap().rehearsal.unwrap();
    assert!(kept.outdated);
    draft.template_id = None;
    api::campaign_draft_save(&world.console, draft).await.unwrap();
    let request = CampaignRehearse { id: world.campaign.clone(), trouble: Trouble::None };
    let refused = rehearsal::rehearse(&world.console, request).await.unwrap_err();
    assert_eq!(refused.code, UiErrorCode::WrongState);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rehearsal_can_be_stopped_and_leaves_nothing() {
    let world = world().await;
    let request = CampaignRehearse { id: world.campaign.clone(), trouble: Trouble::Much };
    let mut progress = world.console.progress().subscribe();
    let mut rehearsing = Box::pin(rehearsal::rehearse(&world.console, request));
    let stopped = loop {
        tokio::select! {
            ended = &mut rehearsing => break ended.unwrap_err(),
            Ok(step) = progress.recv() => {
                if step.phase == "writing" || step.phase == "rehearsing" {
                    rehearsal::cancel(&ById { id: world.campaign.clone() }).unwrap();
                }
            }
        }
    };
    drop(rehearsing);
    assert_eq!(stopped.code, UiErrorCode::Cancelled);
    assert!(files(&world.console.profile().dir().join("rehearsals")).is_empty());
    let kept = api::campaign_rehearsal_get(&world.console, ById { id: world.campaign.clone() }).await.unwrap();
    assert!(kept.rehearsal.is_none());
    world.close().await;
}
