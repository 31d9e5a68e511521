//! What comes over a run: each trouble of its plan, and what follows from it later.

use switchboard_domain::consent::Via;
use switchboard_domain::ids::CampaignId;
use switchboard_domain::send::MessageKind;
use switchboard_engine::{campaigns, consent_ledger};
use switchboard_store::tables::ledger_chain::LedgerKey;

use super::hook::Act;
use super::meta::About;
use super::plan::{Dice, Trouble};
use super::run::Run;
use super::world::{self, TEMPLATE};
use super::{engine, webhooks};

/// Something that follows from a trouble, later.
#[derive(Clone, Copy, Debug)]
pub(super) enum Later {
    DiskHasRoom,
    TokenReplaced,
    TemplateApproved { by_webhook: bool },
    NumberFree,
    Resume(CampaignId),
    Reply { human: usize },
}

impl Run {
    pub(super) async fn follow_plan(&mut self) {
        let now_ms = self.clock.world_ms();
        while self.troubles.front().is_some_and(|(at, _)| *at <= now_ms) {
            let (_, trouble) = self.troubles.pop_front().unwrap();
            self.ticks.trace(&format!("{now_ms} {trouble:?}"));
            if !matches!(trouble, Trouble::DeathAt { .. } | Trouble::OptOutAt { .. } | Trouble::SecondStart) {
                *self.faults.entry(trouble.kind()).or_default() += 1;
            }
            self.meet(trouble, now_ms).await;
        }
        let (due, later): (Vec<_>, Vec<_>) = self.later.drain(..).partition(|(at, _)| *at <= now_ms);
        self.later = later;
        for (_, then) in due {
            self.ticks.trace(&format!("{now_ms} {then:?}"));
            self.then(then).await;
        }
    }

    async fn meet(&mut self, trouble: Trouble, now_ms: i64) {
        match trouble {
            Trouble::Death { away_ms } => {
                self.away_ms = away_ms;
                self.bury().await;
            }
            Trouble::DeathAt { point, hit, away_ms } => {
                self.away_ms = away_ms;
                self.hooks.arm(point, hit, Act::Die);
            }
            Trouble::SecondStart => self.second_start().await,
            Trouble::DiskFull { for_ms } => {
                self.disk(true).await;
                self.later.push((now_ms + for_ms, Later::DiskHasRoom));
            }
            Trouble::Throttle { code, for_ms } => {
                self.meta.lock().unwrap().weather.throttle = Some((code, now_ms + for_ms));
            }
            Trouble::NoNetwork { for_ms } => {
                self.meta.lock().unwrap().weather.no_network_until_ms = now_ms + for_ms;
            }
            Trouble::ServerErrors { for_ms } => {
                self.meta.lock().unwrap().weather.server_errors_until_ms = now_ms + for_ms;
            }
            Trouble::TokenRevoked => {
                self.meta.lock().unwrap().weather.token_revoked = true;
                self.later.push((now_ms + 7_000, Later::TokenReplaced));
            }
            Trouble::TemplatePaused { by_webhook } => {
                self.meta.lock().unwrap().weather.template_paused = true;
                if by_webhook {
                    self.webhook(&webhooks::template("PAUSED", TEMPLATE, "offer"), &About::Other);
                }
                self.later.push((now_ms + 8_000, Later::TemplateApproved { by_webhook }));
            }
            Trouble::NumberRestricted => {
                self.meta.lock().unwrap().weather.number_restricted = true;
                self.later.push((now_ms + 6_000, Later::NumberFree));
            }
            Trouble::AccountEvent => self.webhook(&webhooks::account_disabled(), &About::Other),
            Trouble::RelayAway { for_ms } => self.relay_away_until_ms = now_ms + for_ms,
            Trouble::Suspend { for_ms } => self.pass(for_ms, false).await,
            Trouble::WallClock { off_by_ms } => self.clock.set_wall_off_by(off_by_ms),
            Trouble::Stop { human } => {
                let wamid = self.inbound_id("in");
                let wa_id = self.facts.humans[human].wa_id.clone();
                let body = webhooks::text(&wamid, Some(&wa_id), None, self.clock.world_unix_ms(), "STOP");
                self.webhook(&body, &About::Message { wamid, human, is_stop: true });
            }
            Trouble::OptOut { human, by_cli } => self.opt_out(human, by_cli).await,
            Trouble::OptOutAt { human, point, hit } => {
                let contact = self.facts.humans[human].entries[0];
                self.hooks.arm(point, hit, Act::OptOut { human, entry: 0, contact });
            }
            Trouble::PreferenceStop { human } => {
                let wa_id = self.facts.humans[human].wa_id.clone();
                let body = webhooks::preference_stop(&wa_id, self.clock.world_unix_ms());
                self.webhook(&body, &About::PreferenceStop { human });
            }
            Trouble::Writes { human, reply } => {
                let wamid = self.inbound_id("in");
                let wa_id = self.facts.humans[human].wa_id.clone();
                let body = webhooks::text(&wamid, Some(&wa_id), None, self.clock.world_unix_ms(), "Is it green tea?");
                self.webhook(&body, &About::Message { wamid, human, is_stop: false });
                if reply {
                    self.later.push((now_ms + 2_000, Later::Reply { human }));
                }
            }
            Trouble::Link { human } => {
                let wamid = self.inbound_id("link");
                let who = self.facts.humans[human].clone();
                let at_ms = self.clock.world_unix_ms();
                let body = webhooks::text(&wamid, Some(&who.wa_id), Some(&who.bsuid), at_ms, "Good morning");
                self.webhook(&body, &About::Message { wamid, human, is_stop: false });
            }
            Trouble::PauseAndResume { after_ms } => {
                let Some((id, _)) = self.facts.launched.first().copied() else { return };
                if let Some(engine) = &self.engine {
                    drop(campaigns::pause(&engine.console, id).await);
                }
                self.later.push((now_ms + after_ms, Later::Resume(id)));
            }
            Trouble::Cancel => {
                let Some((id, _)) = self.facts.launched.first().copied() else { return };
                if let Some(engine) = &self.engine {
                    let cancelled = campaigns::cancel(&engine.console, id).await;
                    self.ticks.trace(&format!("cancelled: {}", cancelled.is_ok()));
                }
            }
            Trouble::SecondCampaign => self.launch().await,
            Trouble::Single { human } => self.write_to(human, MessageKind::Template).await,
        }
    }

    async fn then(&mut self, then: Later) {
        let console = self.engine.as_ref().map(|e| e.console.clone());
        match then {
            Later::DiskHasRoom => self.disk(false).await,
            Later::TokenReplaced => self.meta.lock().unwrap().weather.token_revoked = false,
            Later::NumberFree => self.meta.lock().unwrap().weather.number_restricted = false,
            Later::TemplateApproved { by_webhook } => {
                self.meta.lock().unwrap().weather.template_paused = false;
                if by_webhook {
                    self.webhook(&webhooks::template("APPROVED", TEMPLATE, "offer"), &About::Other);
                }
            }
            Later::Resume(id) => {
                if let Some(console) = console {
                    drop(campaigns::resume(&console, id).await);
                }
            }
            Later::Reply { human } => self.write_to(human, MessageKind::Text).await,
        }
    }

    async fn write_to(&mut self, human: usize, kind: MessageKind) {
        let Some(engine) = &self.engine else { return };
        self.writes += 1;
        let contact = engine.present(self.facts.humans[human].entries[0]).await;
        let written = world::single(&engine.console, contact, kind, format!("single-{}", self.writes)).await;
        self.ticks.trace(&format!("written to one: {}", written.is_ok()));
    }

    async fn opt_out(&mut self, human: usize, by_cli: bool) {
        let Some(engine) = &self.engine else { return };
        let contact = self.facts.humans[human].entries[0];
        // The command line is another process: it has a store of its own.
        let console = if by_cli {
            engine::open(self.dir.path(), &self.clock, false).await.unwrap()
        } else {
            engine.console.clone()
        };
        let key = LedgerKey::new(*console.keys().ledger());
        let via = if by_cli { Via::Cli } else { Via::Operator };
        let recorded = consent_ledger::opt_out(console.store(), &key, contact, "by phone".to_owned(), via).await;
        self.ticks.trace(&format!("opt-out: {}", recorded.is_ok()));
        if recorded.is_ok() {
            self.hooks.note_stored(human, 0, false);
        }
    }

    fn inbound_id(&mut self, what: &str) -> String {
        self.keys += 1;
        format!("wamid.{what}.{}.{}", self.seed, self.keys)
    }

    pub(super) fn webhook(&mut self, body: &serde_json::Value, about: &About) {
        let now_ms = self.clock.world_ms();
        let mut dice = Dice::of(self.seed, &format!("webhook {}", self.keys));
        self.meta.lock().unwrap().deliver(&mut dice, now_ms, body, about);
    }

    /// The disk has no room for one page more, or has again.
    pub(super) async fn disk(&mut self, full: bool) {
        let Some(engine) = &self.engine else { return };
        let set = engine
            .write(move |tx| {
                let pages: i64 = tx.query_row("PRAGMA page_count", [], |r| r.get(0))?;
                let most = if full { pages } else { i64::from(u32::MAX - 1) };
                tx.query_row(&format!("PRAGMA max_page_count = {most}"), [], |r| r.get::<_, i64>(0))?;
                Ok(())
            })
            .await;
        self.ticks.trace(&format!("disk full: {full}, {}", set.is_ok()));
    }
}
