//! A step of a run: time passes, the relay hands over, the engine acts; and what is left when it dies meanwhile.

use std::time::Duration;

use switchboard_domain::time::Clock as _;
use switchboard_engine::sender::StepOutcome;

use super::engine::{self, Cut};
use super::meta::About;
use super::run::Run;

/// Entries that the relay was known to hold must be applied within this time, or campaigns wait.
const APPLIED_WITHIN_MS: i64 = 5_000;

impl Run {
    /// Time passes; webhooks arrive, answers are read.
    pub(super) async fn pass(&mut self, by_ms: i64, awake: bool) {
        self.clock.advance(by_ms, awake);
        if awake {
            tokio::time::advance(Duration::from_millis(u64::try_from(by_ms).unwrap())).await;
        }
        self.meta.lock().unwrap().tick();
        // Each answer is read in its own task; the next step takes them in the order in which they came.
        for _ in 0..400 {
            tokio::task::yield_now().await;
            if self.meta.lock().unwrap().untaken() == 0 {
                break;
            }
        }
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
        if self.hooks.is_dead() && self.engine.is_some() {
            self.bury().await;
        }
    }

    /// The process died at a point: what it left is on the disk.
    pub(super) async fn bury(&mut self) {
        if let Some(engine) = self.engine.take() {
            let seen = engine.end().await;
            self.take(seen);
        }
        self.starts_at_ms = self.clock.world_ms() + self.away_ms;
    }

    pub(super) fn take(&mut self, (moves, slips): engine::Seen) {
        self.facts.moves.extend(moves);
        self.facts.slips.extend(slips);
    }

    pub(super) async fn read_cursor(&mut self) {
        let Some(engine) = &self.engine else { return };
        let cursor = engine.cursor().await;
        let log = self.meta.lock().unwrap().log.clone();
        for i in self.cursor..cursor {
            match &log[usize::try_from(i).unwrap()].about {
                About::Message { human, is_stop: true, .. } => self.hooks.note_stored(*human, 0, false),
                About::PreferenceStop { human } => self.hooks.note_stored(*human, 0, true),
                About::Message { wamid, human, .. } if wamid.starts_with("wamid.link") => {
                    let tick = self.ticks.next();
                    let human = &mut self.facts.humans[*human];
                    if human.linked_at_tick.is_none() && human.entries.len() > 1 {
                        self.facts.merges += 1;
                    }
                    human.linked_at_tick.get_or_insert(tick);
                }
                _ => {}
            }
        }
        self.cursor = cursor;
    }

    /// The relay hands over, then the engine takes its steps.
    pub(super) async fn step_engine(&mut self) -> Option<StepOutcome> {
        if self.engine.is_none() {
            if self.clock.world_ms() < self.starts_at_ms {
                return None;
            }
            self.start().await;
        }
        let away = self.clock.world_ms() < self.relay_away_until_ms;
        if !away && (self.calm || self.dice.per_mille(800)) {
            let log = self.meta.lock().unwrap().log.clone();
            let head = u64::try_from(log.len()).unwrap();
            let again = if self.dice.per_mille(100) { self.dice.range(1, 5) } else { 0 };
            let from = self.cursor.saturating_sub(u64::try_from(again).unwrap());
            let to = head.min(self.cursor + u64::try_from(self.dice.range(1, 20)).unwrap());
            if to > from {
                let pulled = self.engine.as_mut()?.pull(&log, from, to).await;
                match pulled {
                    Err(Cut::Died) => {
                        self.bury().await;
                        return None;
                    }
                    Err(Cut::Store(why)) => self.ticks.trace(&format!("not applied: {why}")),
                    Ok(()) => self.ticks.trace(&format!("applied {from}..{to}")),
                }
                self.read_cursor().await;
            }
        }
        let head = self.meta.lock().unwrap().log.len();
        let mono_ms = i64::try_from(self.clock.monotonic().as_millis()).unwrap();
        if !away {
            self.announced_ms.resize(head.max(self.announced_ms.len()), mono_ms);
        }
        let before = self.meta.lock().unwrap().ledger.len();
        let engine = self.engine.as_mut()?;
        engine.hear(&self.clock, u64::try_from(head).unwrap(), self.cursor, away);
        let stepped = engine.step().await;
        let sent = self.meta.lock().unwrap().ledger.len() > before;
        let waits_since = self.announced_ms.get(usize::try_from(self.cursor).unwrap()).copied();
        if sent
            && waits_since.is_some_and(|since| mono_ms - since > APPLIED_WITHIN_MS + 200)
            && self.only_campaigns(before)
        {
            self.breach("a campaign sent although the relay's backlog was not applied");
        }
        match stepped {
            Ok(outcome) => {
                self.ticks.trace(&format!("{} {outcome:?}", self.clock.world_ms()));
                Some(outcome)
            }
            Err(Cut::Died) => {
                self.bury().await;
                None
            }
            Err(Cut::Store(why)) => {
                self.ticks.trace(&format!("the store refused: {why}"));
                None
            }
        }
    }

    /// Whether the requests since then are of campaigns: nothing was written to a single person in this run.
    fn only_campaigns(&self, from: usize) -> bool {
        self.writes == 0 && self.meta.lock().unwrap().ledger[from..].iter().all(|a| a.is_template)
    }
}
