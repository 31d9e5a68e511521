//! A store in a folder of its own, and what tests ask of it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use switchboard_bridge::dto;
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::time::SharedClock;
use switchboard_store::tables::consent_events;
use switchboard_store::tables::contacts::{self, ListFilter};
use switchboard_store::tables::{consent_state, identifiers, ledger_verify};
use switchboard_store::{DbKey, OpenStore};

use super::super::*;
use crate::clock::SystemClock;

pub(super) fn asking(path: &Path) -> dto::ImportInspect {
    dto::ImportInspect { path: path.to_string_lossy().into_owned(), sheet: None, encoding: None }
}

pub(super) struct Rig {
    pub(super) context: ImportContext,
    dir: tempfile::TempDir,
}

pub(super) fn rig() -> Rig {
    let dir = tempfile::tempdir().unwrap();
    let key = DbKey::new([9; 32]);
    let clock: SharedClock = std::sync::Arc::new(SystemClock::new());
    let store =
        Store::open(OpenStore { path: dir.path().join("console.db"), key: key.clone(), clock, readers: 2 }).unwrap();
    Rig { context: ImportContext { store, ledger: LedgerKey::derive(&key), progress: broadcast::Sender::new(16) }, dir }
}

impl Rig {
    pub(super) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(super) async fn look(&self, path: &Path) -> dto::ImportInspection {
        inspect(&self.context.store, asking(path)).await.unwrap()
    }

    /// Previews with the mapping that the inspection suggests.
    pub(super) async fn preview(&self, path: &Path, region: Option<&str>) -> dto::ImportPreview {
        let seen = self.look(path).await;
        preview(
            &self.context,
            dto::ImportPreviewRequest {
                path: path.to_string_lossy().into_owned(),
                mapping: seen.columns.iter().map(|c| dto::ColumnMapping { index: c.index, role: c.role }).collect(),
                region: region.map(str::to_owned),
                has_header: seen.has_header,
                sheet: None,
                encoding: None,
                meaning: seen.asks_meaning.then_some(seen.suggested_meaning),
                date_order: None,
            },
        )
        .await
        .unwrap()
    }

    pub(super) async fn commit(
        &self,
        preview: &dto::ImportPreview,
        unproven: dto::UnprovenChoice,
    ) -> dto::ImportSummary {
        let attestation = (unproven == dto::UnprovenChoice::Attest).then(attestation);
        commit(&self.context, Confirmed { preview_id: preview.preview_id.clone(), unproven, attestation })
            .await
            .unwrap()
    }

    pub(super) fn dir_path(&self) -> &Path {
        self.dir.path()
    }

    pub(super) fn consent_of(&self, e164: &str) -> Option<(String, String)> {
        self.context
            .store
            .read_blocking(|c| {
                let Some(id) = identifiers::find_phone(c, &PhoneNumber::from_stored(e164))? else { return Ok(None) };
                let contact = contacts::get(c, id)?.unwrap();
                Ok::<_, StoreError>(Some((contact.name, contact.consent)))
            })
            .unwrap()
    }

    /// Everything that an import leaves behind, without ids and times.
    pub(super) fn snapshot(&self) -> Vec<(String, String, usize)> {
        self.context
            .store
            .read_blocking(|c| {
                let all = contacts::list(c, &ListFilter::default(), 0, 10_000)?;
                all.into_iter()
                    .map(|r| {
                        let events = consent_events::for_fold(c, r.contact_id)?.len();
                        Ok::<_, StoreError>((r.phone.unwrap_or_default(), r.consent, events))
                    })
                    .collect::<Result<Vec<_>, _>>()
            })
            .unwrap()
    }

    pub(super) fn is_sound(&self) {
        let key = self.context.ledger.clone();
        self.context
            .store
            .read_blocking(|c| {
                assert!(consent_state::differing(c)?.is_empty(), "the stored state is the fold of the ledger");
                assert_eq!(ledger_verify::verify(c, &key, None)?.broken, None);
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }
}

pub(super) fn attestation() -> dto::Attestation {
    dto::Attestation {
        wording: "I agree to get WhatsApp messages from the shop.".to_owned(),
        place: "Counter".to_owned(),
        date_from: "2026-01-01".to_owned(),
        date_to: "2026-06-30".to_owned(),
        purposes: vec!["marketing".to_owned(), "utility".to_owned()],
    }
}

pub(super) fn count(of: &[dto::VerdictCount], verdict: dto::RowVerdict) -> u64 {
    of.iter().find(|v| v.verdict == verdict).unwrap().count
}
