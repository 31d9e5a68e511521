//! A database that was put back from a copy, or carried to another machine (P11): what had left since the copy is not in
//! it, so that nothing leaves again until a person has looked.

use std::path::Path;

use switchboard_store::StoreError;
use tempfile::TempDir;

use super::run::{Run, alone, folder};

/// What the install mark is called in the practice account's file of secrets.
const SECRETS: &str = "practice-secrets.json";

/// Copies a folder's files, but those that `leaves` names.
fn copy(from: &Path, to: &Path, leaves: &[&str]) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        let target = to.join(&name);
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target, leaves);
        } else if !leaves.iter().any(|leave| name.to_string_lossy() == *leave) {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

impl Run {
    async fn steps(&mut self, n: u32) {
        for _ in 0..n {
            self.pass(120, true).await;
            self.step_engine().await;
        }
    }

    fn sent(&self) -> usize {
        self.meta.lock().unwrap().ledger.len()
    }

    /// Campaigns by state and code, and rows that are still called under way.
    async fn campaigns(&self) -> Vec<(String, Option<String>, i64)> {
        let engine = self.engine.as_ref().unwrap();
        let read = |c: &switchboard_store::Connection| {
            let sql = "SELECT state, paused_code, (SELECT COUNT(*) FROM outbox o WHERE o.campaign_id = c.campaign_id \
                       AND o.state IN ('claimed', 'sending')) FROM campaigns c";
            let mut s = c.prepare(sql)?;
            let rows = s.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
            Ok::<_, StoreError>(rows.collect::<Result<Vec<_>, _>>()?)
        };
        engine.console.store().read(read).await.unwrap()
    }

    /// A campaign that is on its way, slowly, without any trouble.
    async fn half_way(&mut self) -> TempDir {
        self.begin().await;
        self.steps(90).await;
        while self.sent() < 6 {
            self.steps(1).await;
        }
        let copy_of = folder();
        self.bury().await;
        copy(self.dir.path(), copy_of.path(), &[SECRETS]);
        copy_of
    }

    /// Nothing leaves, for hours, and the campaign says why.
    async fn nothing_leaves(&mut self) {
        let before = self.sent();
        for _ in 0..40 {
            self.steps(5).await;
            self.pass(600_000, true).await;
        }
        assert_eq!(self.sent(), before, "sent by itself");
        let paused = ("paused".to_owned(), Some("copied_database".to_owned()), 0);
        assert_eq!(self.campaigns().await, [paused]);
    }
}

fn quietly(mut run: Run) -> Run {
    let plan = &mut run.facts.plan;
    (plan.rate, plan.numbers, plan.tier, plan.send_trouble) = (Some(2), 1, None, 0);
    plan.rules = super::rules::Rules::default();
    run.troubles.clear();
    run.meta.lock().unwrap().send_trouble = 0;
    run
}

#[test]
fn a_database_that_is_put_back_sends_nothing_by_itself() {
    for seed in [1, 2] {
        alone(seed, false, |run| async move {
            let mut run = quietly(run);
            let copy_of = run.half_way().await;
            let known = run.sent();
            // It goes on, and then somebody puts the copy back.
            run.steps(60).await;
            assert!(run.sent() > known, "it went on");
            run.bury().await;
            copy(copy_of.path(), run.dir.path(), &[SECRETS]);
            run.steps(1).await;
            run.nothing_leaves().await;
        });
    }
}

#[test]
fn a_copy_that_was_made_while_the_process_ran_sends_nothing_by_itself_when_it_is_put_back_after_its_end() {
    alone(4, false, |run| async move {
        let mut run = quietly(run);
        run.begin().await;
        while run.sent() < 6 {
            run.steps(1).await;
        }
        // Nothing is written between two steps: database and log as they are make a whole.
        let copy_of = folder();
        copy(run.dir.path(), copy_of.path(), &[SECRETS]);
        let known = run.sent();
        run.steps(60).await;
        assert!(run.sent() > known, "it went on");
        // The end waits for the secret store, which keeps no simulated time.
        tokio::time::resume();
        run.engine.as_ref().unwrap().console.close().await;
        tokio::time::pause();
        run.bury().await;
        copy(copy_of.path(), run.dir.path(), &[SECRETS]);
        run.steps(1).await;
        run.nothing_leaves().await;
    });
}

#[test]
fn a_database_that_is_carried_to_another_machine_sends_nothing_by_itself() {
    alone(3, false, |run| async move {
        let mut run = quietly(run);
        let copy_of = run.half_way().await;
        // The keychain there has the key of the database, and nothing else.
        let mut secrets: serde_json::Map<String, serde_json::Value> = {
            let text = std::fs::read(find(run.dir.path())).unwrap();
            serde_json::from_slice(&text).unwrap()
        };
        secrets.retain(|name, _| !name.contains("install"));
        let place = find(run.dir.path());
        // Copied with its permissions, and written over.
        let there = copy_of.path().join(place.strip_prefix(run.dir.path()).unwrap());
        std::fs::copy(&place, &there).unwrap();
        std::fs::write(&there, serde_json::to_vec(&secrets).unwrap()).unwrap();
        run.dir = copy_of;
        run.steps(1).await;
        run.nothing_leaves().await;
    });
}

/// Where the secrets are.
fn find(dir: &Path) -> std::path::PathBuf {
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with(SECRETS) {
                return path;
            }
        }
    }
    panic!("no {SECRETS}");
}
