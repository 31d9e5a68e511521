#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::Arc;

use aes::cipher::{BlockCipherDecrypt, KeyInit};
use secrecy::ExposeSecret;
use switchboard_bridge::dto::ProfileKind;
use switchboard_domain::consent::{EventKind, Reason};
use switchboard_domain::ids::{Bsuid, WaId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::template::Category;
use switchboard_store::tables::consent_events::NewEvent;
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::{consent_events, consent_state, people, suppression};

use super::*;
use crate::OpenConsole;
use crate::clock::SystemClock;
use crate::ledger_check::{Watch, walk};
use crate::profile::Profile;
use crate::secrets::{SecretName, SecretStore};

const NUMBER: &str = "+14165550123";
const NAME: &str = "Zerubabel Quixotewicz";
/// Words that only this person has anywhere.
const CANARIES: &[&str] =
    &["4165550123", "Quixotewicz", "quixotewicz", "CA.130737", "canary-said-this", "canary-paid-with", "Y2FuYXJ5"];

struct Desk {
    console: Console,
    _dir: tempfile::TempDir,
}

async fn desk() -> Desk {
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile::create(dir.path(), "shop", ProfileKind::Real).unwrap();
    let secrets = SecretStore::File { path: dir.path().join("secrets.json") };
    let options = OpenConsole { profile, secrets, clock: Arc::new(SystemClock::new()), want_role: true };
    Desk { console: Console::open(options).await.unwrap(), _dir: dir }
}

impl Desk {
    fn key(&self) -> LedgerKey {
        LedgerKey::new(*self.console.keys().ledger())
    }

    async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut WriteTx<'_>, &LedgerKey) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        let key = self.key();
        self.console.store().write(Priority::Bulk, move |tx| f(tx, &key)).await.unwrap()
    }

    async fn person(&self, keys: PersonKeys, name: &'static str) -> ContactId {
        self.write(move |tx, key| people::resolve_in(tx, key, &keys, &Names::of_full(name))).await.contact_id
    }

    /// Somebody about whom there is something in every corner of the database.
    async fn known_well(&self) -> ContactId {
        let keys = PersonKeys {
            bsuid: Some(Bsuid::new("CA.13073700000000001")),
            ..PersonKeys::of_phone(PhoneNumber::from_stored(NUMBER))
        };
        let id = self.person(keys, NAME).await;
        self.write(move |tx, key| {
            for (kind, via) in [(EventKind::OptIn, Via::Import), (EventKind::ProbableOptOut, Via::Chat)] {
                let event = NewEvent {
                    evidence: Evidence {
                        note: Some("canary-said-this".to_owned()),
                        raw_row: Some(vec![NAME.to_owned(), "(416) 555-0123".to_owned()]),
                        ..Evidence::default()
                    },
                    dedupe_key: Some(format!("{}:wamid.HBgLMTQxNjU1NTAxMjM", kind.as_str())),
                    ..NewEvent::now(id, kind, via, tx.now())
                };
                consent_events::append(tx, key, &event)?;
            }
            tx.execute(
                "UPDATE contacts SET attributes = '{\"E-mail\":\"z.quixotewicz@example.com\",\"Card\":\"canary-paid-with\",
                     \"Tags\":\"Quixotewicz family\"}' WHERE contact_id = ?1",
                [id.as_bytes().as_slice()],
            )?;
            tx.execute_batch(&corners(&id.as_bytes().iter().map(|b| format!("{b:02x}")).collect::<String>()))?;
            Ok(())
        })
        .await;
        let wrapped =
            media::write_blob(&self.console.profile().media_dir(), &[7; 32], MediaFileId::from_bytes([9; 16]), b"x");
        wrapped.unwrap();
        id
    }

    /// Every page of database and log as SQLite sees it, free places and all.
    async fn pages(&self) -> Vec<u8> {
        let key = self.console.secrets().get(SecretName::DatabaseKey).await.unwrap().unwrap();
        let mut bytes = [0u8; 32];
        hex::decode_to_slice(key.expose_secret(), &mut bytes).unwrap();
        let path = self.console.profile().database_path();
        let mut plain = Vec::new();
        for (nth, page) in std::fs::read(&path).unwrap().chunks_exact(PAGE).enumerate() {
            plain.extend(decrypted(&bytes, page, nth == 0));
        }
        let log = std::fs::read(path.with_extension("db-wal")).unwrap_or_default();
        for frame in log.get(32..).unwrap_or_default().chunks_exact(24 + PAGE) {
            let first = frame[..4] == [0, 0, 0, 1];
            plain.extend(decrypted(&bytes, &frame[24..], first));
        }
        plain
    }
}

/// SQLCipher 4: AES-256-CBC, in the last 80 bytes of a page its IV and MAC; the first 16 of the file are a salt.
const PAGE: usize = 4096;
const RESERVED: usize = 80;

fn decrypted(key: &[u8; 32], page: &[u8], first: bool) -> Vec<u8> {
    let cipher = aes::Aes256::new(&(*key).into());
    let body = &page[if first { 16 } else { 0 }..PAGE - RESERVED];
    let mut before: [u8; 16] = page[PAGE - RESERVED..PAGE - RESERVED + 16].try_into().unwrap();
    let mut plain = Vec::with_capacity(body.len());
    for sealed in body.chunks_exact(16) {
        let sealed: [u8; 16] = sealed.try_into().unwrap();
        let mut block = aes::Block::from(sealed);
        cipher.decrypt_block(&mut block);
        plain.extend(block.iter().zip(before).map(|(a, b)| a ^ b));
        before = sealed;
    }
    plain
}

fn found(plain: &[u8]) -> Vec<&'static str> {
    CANARIES.iter().copied().filter(|c| plain.windows(c.len()).any(|w| w == c.as_bytes())).collect()
}

/// Rows about the person with this id (hex) where the tests of other modules write theirs.
fn corners(id: &str) -> String {
    format!(
        "INSERT INTO outbox (outbox_id, campaign_id, contact_id, phone_number_id, kind, category, content, state, wamid,
             idempotency_key, created_at_ms, updated_at_ms)
         VALUES (x'01010101010101010101010101010101', x'0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c', x'{id}', '1', 'template',
             'marketing', '{{\"text\":\"canary-paid-with\"}}', 'accepted', 'wamid.4165550123', NULL, 1, 1),
            (x'02020202020202020202020202020202', NULL, x'{id}', '1', 'text', NULL,
             '{{\"text\":\"canary-said-this\"}}', 'queued', NULL, 'press:4165550123', 1, 1);
         INSERT INTO attempts (attempt_id, outbox_id, claimed_at_ms, outcome, wamid, detail)
         VALUES (x'03030303030303030303030303030303', x'01010101010101010101010101010101', 1, 'accepted',
             'wamid.4165550123', 'to +14165550123');
         INSERT INTO messages (message_id, contact_id, phone_number_id, direction, kind, text, content, wamid, media_file_id,
             at_ms, recorded_at_ms)
         VALUES (x'04040404040404040404040404040404', x'{id}', '1', 'in', 'image', 'canary-said-this', '{{}}',
             'wamid.in.4165550123', x'09090909090909090909090909090909', 1, 1);
         INSERT INTO edits (target_wamid, revoked, text, at_ms) VALUES ('wamid.in.4165550123', 0, 'canary-said-this', 1);
         INSERT INTO reactions (target_wamid, contact_id, emoji, at_ms) VALUES ('wamid.4165550123', x'{id}', '+', 1);
         INSERT INTO threads (contact_id, phone_number_id, last_line, last_at_ms) VALUES (x'{id}', '1', 'canary-said-this', 1);
         INSERT INTO media_files (media_file_id, contact_id, kind, file_name, state, created_at_ms)
         VALUES (x'09090909090909090909090909090909', x'{id}', 'document', 'Quixotewicz.pdf', 'here', 1);
         INSERT INTO early_statuses (wamid, status, at_ms, raw, recorded_at_ms)
         VALUES ('wamid.other', 'read', 1, '{{\"recipient_id\":\"14165550123\"}}', 1);
         INSERT INTO raw_events (relay_seq, field, raw, reason, received_at_ms, read_by)
         VALUES (1, 'messages', CAST('{{\"from\":\"14165550123\",\"text\":\"canary-said-this\"}}' AS BLOB), 'new', 1, '1');
         INSERT INTO import_left_out (import_id, row_number, verdict, reason, raw)
         VALUES (x'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a', 3, 'quarantined', 'r', '[\"Quixotewicz\",\"0416 5550123\"]'),
                (x'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a', 4, 'quarantined', 'r', '[\"Bo Sample\",\"604 555 0145\"]');
         INSERT INTO import_contacts (import_id, contact_id, added) VALUES (x'0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a', x'{id}', 1);
         INSERT INTO reachability (contact_id, unreachable_until_ms) VALUES (x'{id}', 99);"
    )
}

async fn crowd(desk: &Desk, from: u32, to: u32) {
    desk.write(move |tx, key| {
        for n in from..to {
            let keys = PersonKeys::of_phone(PhoneNumber::from_stored(format!("+1604{n:07}")));
            let id = people::resolve_in(tx, key, &keys, &Names::of_full(&format!("Somebody Else {n}")))?.contact_id;
            consent_events::append(tx, key, &NewEvent::now(id, EventKind::OptIn, Via::Operator, tx.now()))?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_erased_person_is_left_in_any_page_and_the_ledger_still_holds() {
    let desk = desk().await;
    crowd(&desk, 2_000_000, 2_000_150).await;
    let id = desk.known_well().await;
    // Their rows move from page to page while others come, as they do in use.
    crowd(&desk, 2_000_150, 2_000_400).await;
    desk.console.store().leave_no_trace().await.unwrap();
    assert!(found(&desk.pages().await).len() >= CANARIES.len() - 1, "the test sees what is there");

    let before = preview(&desk.console, id).await.unwrap();
    assert_eq!((before.messages, before.media, before.waiting, before.entries), (1, 1, 1, 2));
    let refused = confirmed(&desk.console, id, "somebody", String::new()).await;
    assert!(refused.is_err(), "a name that does not fit erases nobody");
    let done = confirmed(&desk.console, id, &NAME.to_lowercase(), "asked by letter".to_owned()).await.unwrap();
    assert_eq!((done.messages, done.media, done.waiting, done.evidence, done.files_left), (1, 1, 1, 2, 0));

    assert_eq!(found(&desk.pages().await), Vec::<&str>::new());
    assert!(media::blobs_in(&desk.console.profile().media_dir()).is_empty());
    assert!(preview(&desk.console, id).await.is_err(), "there is no such person any more");
    let key = desk.key();
    let walked = walk(desk.console.store(), &key, None, &Watch::default()).await.unwrap().unwrap();
    assert_eq!(walked.broken, None);
    let strangers: u64 = desk
        .write(|tx, _| {
            Ok(tx.query_row("SELECT count(*) FROM import_left_out WHERE raw LIKE '%604 555 0145%'", [], |r| r.get(0))?)
        })
        .await;
    assert_eq!(strangers, 1, "the row of somebody else stays");
    let campaign: u64 = desk
        .write(|tx, _| {
            Ok(tx.query_row(
                "SELECT count(*) FROM outbox WHERE state = 'accepted' AND campaign_id IS NOT NULL",
                [],
                |r| r.get(0),
            )?)
        })
        .await;
    assert_eq!(campaign, 1, "the campaign's figures stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_names_people_is_not_forgotten() {
    let desk = desk().await;
    let id = desk.known_well().await;
    erase(&desk.console, id, Via::Operator, String::new()).await.unwrap();
    let left: Vec<String> = desk
        .write(move |tx, _| {
            let mut tables = tx.prepare(
                "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'contact_id'
                 WHERE m.type = 'table'",
            )?;
            let tables: Vec<String> = tables.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?;
            let mut left = Vec::new();
            for table in tables {
                let sql = format!("SELECT count(*) FROM {table} WHERE contact_id = ?1");
                if tx.query_row(&sql, [id.as_bytes().as_slice()], |r| r.get::<_, u64>(0))? > 0 {
                    left.push(table);
                }
            }
            left.sort();
            Ok(left)
        })
        .await;
    assert_eq!(left, ["consent_events", "consent_state", "contacts", "outbox"], "each of these was thought about");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_comes_back_is_protected_until_they_opt_in_themselves() {
    let desk = desk().await;
    let id = desk.known_well().await;
    erase(&desk.console, id, Via::Operator, String::new()).await.unwrap();

    // By another spelling that WhatsApp uses, and by the user id alone.
    for keys in [
        PersonKeys { wa_id: Some(WaId::new("14165550123")), ..PersonKeys::default() },
        PersonKeys { bsuid: Some(Bsuid::new("CA.13073700000000001")), ..PersonKeys::default() },
    ] {
        let back = desk.person(keys, "Back Again").await;
        assert_ne!(back, id);
        let state = desk.write(move |tx, _| consent_state::get(tx, back)).await;
        assert!(state.erased.is_some());
        let look = |category| {
            desk.console.store().read_blocking(move |c| suppression::check(c, back, category)).unwrap().suppressed
        };
        assert_eq!(look(Some(Category::Utility)), Some(Reason::Erased));
        assert_eq!(look(None), None, "what they write may be answered");
        desk.write(move |tx, key| {
            let at = tx.now().plus(std::time::Duration::from_secs(5));
            consent_events::append(tx, key, &NewEvent::now(back, EventKind::OptIn, Via::Chat, at))
        })
        .await;
        assert_eq!(look(Some(Category::Utility)), None, "they opted in anew");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_names_them_again_is_refused_with_the_reason() {
    let desk = desk().await;
    let id = desk.known_well().await;
    erase(&desk.console, id, Via::Operator, String::new()).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("again.csv");
    std::fs::write(
        &path,
        "Phone,Name,Consent,Consent date,Source\n+1 416 555 0123,Zerubabel Quixotewicz,yes,2026-11-01,web form\n\
         +1 604 555 0145,Bo Sample,yes,2026-11-01,web form\n",
    )
    .unwrap();
    let context = crate::api::import_context(&desk.console);
    let inspected = crate::consent_import::inspect(
        desk.console.store(),
        dto::ImportInspect { path: path.to_string_lossy().into_owned(), sheet: None, encoding: None },
    )
    .await
    .unwrap();
    let request = dto::ImportPreviewRequest {
        path: path.to_string_lossy().into_owned(),
        mapping: inspected.columns.iter().map(|c| dto::ColumnMapping { index: c.index, role: c.role }).collect(),
        region: None,
        has_header: true,
        sheet: None,
        encoding: None,
        meaning: None,
        date_order: None,
    };
    let preview = crate::consent_import::preview(&context, request).await.unwrap();
    let done = crate::consent_import::commit(
        &context,
        crate::consent_import::Confirmed {
            preview_id: preview.preview_id,
            unproven: dto::UnprovenChoice::WithoutMarketing,
            attestation: None,
        },
    )
    .await
    .unwrap();
    assert_eq!((done.contacts_added, done.rows_left_out), (1, 1));
    let reason: String = desk
        .write(|tx, _| {
            Ok(tx.query_row("SELECT reason || raw FROM import_left_out WHERE verdict = 'rejected'", [], |r| r.get(0))?)
        })
        .await;
    assert!(reason.contains("was erased here on") && reason.ends_with("[]"), "{reason}");
    desk.console.store().leave_no_trace().await.unwrap();
    assert!(!found(&desk.pages().await).contains(&"Quixotewicz"), "the refused row is not kept either");
}
