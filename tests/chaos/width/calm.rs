//! The end of a run: troubles are over, people repair what only people can, and everything comes to rest.

use switchboard_engine::campaigns;
use switchboard_store::tables::account_stops;

use super::meta::{About, Weather};
use super::run::Run;
use super::webhooks;
use super::world::TEMPLATE;

impl Run {
    /// All troubles end; people repair what only people can repair.
    pub(super) async fn calm_down(&mut self) {
        self.ticks.trace("calm");
        self.calm = true;
        self.hooks.disarm();
        self.meta.lock().unwrap().weather = Weather::default();
        self.relay_away_until_ms = 0;
        self.disk(false).await;
        // A clock that is some seconds off may stay so; one that is hours off is what campaigns wait for.
        if self.dice.per_mille(500) || self.clock.wall_off_by().abs() >= 600_000 {
            self.clock.set_wall_off_by(0);
        }
        self.webhook(&webhooks::template("APPROVED", TEMPLATE, "offer"), &About::Other);
        if self.dice.per_mille(100) {
            self.left_paused.extend(self.facts.launched.iter().map(|l| l.0));
        }
    }

    /// The operator looks after what stands still.
    pub(super) async fn resume_all(&mut self) {
        let Some(engine) = &self.engine else { return };
        // People look now and then, and do not press the button forty times a second.
        if self.clock.world_ms() < self.looks_at_ms {
            return;
        }
        self.looks_at_ms = self.clock.world_ms() + 20_000;
        for (id, _) in &self.facts.launched {
            if self.left_paused.contains(id) {
                continue;
            }
            let row = campaigns::get(&engine.console, *id).await.unwrap();
            // Nobody presses the button of a campaign again and again whose money is spent.
            let is_spent = row.row.paused_reason.as_ref().is_some_and(|reason| reason.contains("budget"));
            if row.row.state == switchboard_bridge::dto::CampaignStateDto::Paused && !is_spent {
                drop(engine.write(account_stops::clear_all).await);
                let resumed = campaigns::resume(&engine.console, *id).await;
                self.ticks.trace(&format!("resumed: {}", resumed.is_ok()));
            }
        }
    }

    /// Nothing runs, and nothing of it waits.
    pub(super) async fn at_rest(&self) -> bool {
        let Some(engine) = &self.engine else { return false };
        let open = engine
            .console
            .store()
            .read(|c| {
                let sql = "SELECT (SELECT COUNT(*) FROM campaigns WHERE state IN ('launching', 'running')) + \
                           (SELECT COUNT(*) FROM outbox WHERE state IN ('claimed', 'sending')) + \
                           (SELECT COUNT(*) FROM outbox WHERE state = 'queued' AND campaign_id IS NULL)";
                Ok::<i64, switchboard_store::StoreError>(c.query_row(sql, [], |r| r.get(0))?)
            })
            .await
            .unwrap();
        open == 0
    }
}
