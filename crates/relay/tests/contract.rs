//! The contract of an engine, held by both: every test here runs on the embedded files and on a real nats-server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests"
)]

mod common;
#[path = "contract/desks.rs"]
mod desks;
#[path = "contract/log.rs"]
mod log;
#[path = "contract/relay.rs"]
mod relay;

use common::nats::NatsServer;
use secrecy::SecretString;
use switchboard_relay::engine::Engine;
use switchboard_relay::{DeskConfig, LogEngine, RelayConfig};
use tempfile::TempDir;

/// A second desk beside [`common::DESK`].
pub const OTHER: &str = "the.other-desk";

#[derive(Clone, Copy)]
pub enum Kind {
    Embedded,
    JetStream,
}

/// An engine that can be opened again and again on what it kept.
pub struct Fixture {
    pub folder: TempDir,
    pub server: Option<NatsServer>,
}

impl Fixture {
    /// None if what it needs is not installed.
    fn new(kind: Kind) -> Option<Self> {
        let server = match kind {
            Kind::Embedded => None,
            Kind::JetStream => Some(NatsServer::start()?),
        };
        Some(Self { folder: tempfile::tempdir().unwrap(), server })
    }

    pub fn config(&self) -> RelayConfig {
        let mut config = common::config(self.folder.path().join("data"));
        let secret = |text: &str| SecretString::from(text);
        config.desks.push(DeskConfig {
            id: OTHER.to_owned(),
            verify_token: secret("t"),
            app_secret: secret("s"),
            previous_app_secret: None,
        });
        if let Some(server) = &self.server {
            config.log = LogEngine::Nats(server.settings());
        }
        config
    }

    pub async fn open(&self) -> Engine {
        Engine::open(&self.config()).await.unwrap()
    }

    pub async fn open_with_room(&self, max_log_bytes: u64) -> Engine {
        let mut config = self.config();
        config.limits.max_log_bytes = max_log_bytes;
        Engine::open(&config).await.unwrap()
    }

    /// Everything that the engine keeps on disks.
    pub fn files(&self) -> Vec<std::path::PathBuf> {
        let root = self.server.as_ref().map_or(self.folder.path(), |server| server.folder.path());
        let mut folders = vec![root.to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files
    }
}

pub async fn close(engine: Engine) {
    engine.log.close().await;
}

macro_rules! contract {
    ($($module:ident :: $name:ident;)*) => {
        mod embedded { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$module::$name(super::Fixture::new(super::Kind::Embedded).unwrap()).await;
            }
        )* }
        mod jetstream { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(fixture) = super::Fixture::new(super::Kind::JetStream) {
                    super::$module::$name(fixture).await;
                }
            }
        )* }
    };
}

contract! {
    log::numbers_are_gapless_and_in_the_order_of_the_calls;
    log::a_log_opened_again_goes_on_where_it_was;
    log::every_desk_counts_for_itself;
    log::reading_stops_at_either_limit_but_always_gets_on;
    log::an_acknowledgement_never_moves_back;
    log::only_what_is_old_and_asked_for_is_dropped;
    log::a_reader_from_before_the_floor_is_told_what_is_gone;
    log::an_emptied_log_keeps_counting_and_reports_the_gap;
    log::a_long_log_is_dropped_in_steps_and_read_from_anywhere;
    log::clocks_that_jump_neither_reorder_nor_drop;
    log::the_same_note_comes_once_and_the_last_one_is_known;
    log::leases_count_as_notes;
    log::a_full_log_refuses_and_takes_again_when_there_is_room;
    log::refused_signatures_are_added_up;
    log::large_entries_are_kept_whole;
    log::nothing_of_a_webhook_lies_open_on_the_disk;
    log::a_closed_log_takes_nothing;
    log::every_new_head_is_told;
    desks::a_record_is_replaced_only_if_nobody_else_was_faster;
    desks::of_many_changes_at_once_none_is_lost;
    desks::changes_are_told;
    desks::epoch_numbers_are_given_once;
    desks::what_was_changed_is_there_after_opening_again;
    relay::everything_arrives_once_and_in_order_across_reconnects;
    relay::a_console_resumes_where_it_was;
    relay::an_acknowledgement_from_the_future_ends_the_connection;
    relay::one_device_twice_ends_the_earlier_connection;
    relay::a_removed_device_has_no_key_of_what_comes_after;
    relay::a_device_that_is_let_in_reads_all_that_comes_after;
    relay::what_everyone_read_a_week_ago_is_dropped_and_the_rest_stays;
    relay::who_was_away_for_a_month_is_told_of_the_gap;
    relay::a_clock_a_year_ahead_drops_nothing;
    relay::at_the_size_limit_the_answer_is_503_and_nothing_is_dropped;
    relay::notes_of_one_console_reach_the_others_once;
    relay::the_lease_is_one_and_kept_in_the_log;
}
