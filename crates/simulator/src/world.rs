//! Everything one practice account knows while it runs. Small things live in memory behind one
//! lock that is never held across an await; what must survive is written by [`crate::db`].

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::config::{Mode, Mood};
use crate::db::{Db, lock};
use crate::faults::Faults;
use crate::graph::template_groups::TemplateGroup;
use crate::limits::Limits;
use crate::model::account::{Account, Number, TokenInfo};
use crate::model::customer::Customer;
use crate::model::group::Group;
use crate::model::template::Template;

/// One practice account.
#[derive(Debug)]
pub(crate) struct Sim {
    pub(crate) seed: u64,
    /// `http://127.0.0.1:PORT`, without a trailing slash.
    pub(crate) graph_url: String,
    pub(crate) app_secret: SecretString,
    pub(crate) verify_token: SecretString,
    pub(crate) control_token: SecretString,
    pub(crate) seed_threads: bool,
    pub(crate) clock: Clock,
    pub(crate) db: Arc<Db>,
    pub(crate) http: reqwest::Client,
    state: Mutex<State>,
    /// Something is due earlier than before.
    pub(crate) crowd_wake: Notify,
    /// A webhook waits.
    pub(crate) post_wake: Notify,
}

/// The part that changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) account: Account,
    pub(crate) numbers: HashMap<String, Number>,
    pub(crate) templates: Templates,
    pub(crate) people: People,
    /// Names of deleted approved templates and when they went.
    pub(crate) deleted_names: HashMap<String, i64>,
    /// By SHA-256 of the token.
    pub(crate) tokens: HashMap<[u8; 32], TokenInfo>,
    /// Media id to its expiry.
    pub(crate) media: HashMap<String, i64>,
    /// Handles of finished resumable uploads (messages.md §12).
    pub(crate) handles: HashSet<String>,
    pub(crate) groups: HashMap<String, Group>,
    pub(crate) template_groups: HashMap<String, TemplateGroup>,
    pub(crate) faults: Faults,
    pub(crate) limits: Limits,
    /// Chats that Meta's agent leads, by customer (webhooks.md §7.9).
    pub(crate) agent_leads: HashSet<i64>,
    pub(crate) timers: BinaryHeap<Reverse<Timer>>,
    /// Whether the app callback passed the handshake in this run.
    pub(crate) callback_verified: bool,
}

/// How the account behaves; kept across restarts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) mode: Mode,
    pub(crate) mood: Mood,
    pub(crate) speed: f64,
    pub(crate) limits: bool,
    pub(crate) batch_max: usize,
    /// Nothing takes real time.
    #[serde(default)]
    pub(crate) hurried: bool,
}

impl Settings {
    /// A crowd delay under the speed factor.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "delays are far below 2^53 ms")]
    pub(crate) fn scaled(&self, ms: i64) -> i64 {
        if self.speed <= 0.0 || (self.speed - 1.0).abs() < f64::EPSILON { ms } else { (ms as f64 / self.speed) as i64 }
    }
}

/// Something that happens by itself at a simulated time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timer {
    pub(crate) due_ms: i64,
    pub(crate) what: What,
}

/// What a timer is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// The next step of the message with this ledger sequence.
    Message(i64),
    /// A row of `timers`: reviews, pauses and other changes of the account.
    Account(i64),
}

/// The people, by each of their names.
#[derive(Debug, Default)]
pub(crate) struct People {
    list: Vec<Customer>,
    by_phone: HashMap<String, usize>,
    by_user_id: HashMap<String, usize>,
}

impl People {
    pub(crate) fn new(list: Vec<Customer>) -> Self {
        let mut people = Self::default();
        for customer in list {
            people.add(customer);
        }
        people
    }

    fn add(&mut self, customer: Customer) -> usize {
        let at = self.list.len();
        self.by_phone.insert(customer.wa_id.clone(), at);
        self.by_user_id.insert(customer.user_id.clone(), at);
        self.list.push(customer);
        at
    }

    /// The person with this number, met now if never before.
    pub(crate) fn meet(&mut self, wa_id: &str) -> &mut Customer {
        let at = match self.by_phone.get(wa_id) {
            Some(at) => *at,
            None => {
                let id = self.list.last().map_or(1, |last| last.id.saturating_add(1));
                self.add(Customer::meet(id, wa_id))
            }
        };
        #[expect(clippy::indexing_slicing, reason = "the index was just looked up or created")]
        &mut self.list[at]
    }

    pub(crate) fn by_phone(&self, wa_id: &str) -> Option<&Customer> {
        self.by_phone.get(wa_id).and_then(|at| self.list.get(*at))
    }

    pub(crate) fn by_user_id(&self, user_id: &str) -> Option<&Customer> {
        self.by_user_id.get(user_id).and_then(|at| self.list.get(*at))
    }

    /// By row id.
    pub(crate) fn get(&self, id: i64) -> Option<&Customer> {
        let at = self.list.binary_search_by_key(&id, |c| c.id).ok()?;
        self.list.get(at)
    }

    /// By row id, to change.
    pub(crate) fn get_mut(&mut self, id: i64) -> Option<&mut Customer> {
        let at = self.list.binary_search_by_key(&id, |c| c.id).ok()?;
        self.list.get_mut(at)
    }

    /// By row id, phone with or without `+`, or BSUID: how control addresses a person.
    pub(crate) fn find(&self, key: &str) -> Option<&Customer> {
        self.by_user_id(key)
            .or_else(|| self.by_phone(key.trim_start_matches('+')))
            .or_else(|| key.parse().ok().and_then(|id| self.get(id)))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Customer> {
        self.list.iter()
    }

    /// After an identity change both old and new keys must be right.
    pub(crate) fn reindex(&mut self) {
        self.by_phone = self.list.iter().enumerate().map(|(at, c)| (c.wa_id.clone(), at)).collect();
        self.by_user_id = self.list.iter().enumerate().map(|(at, c)| (c.user_id.clone(), at)).collect();
    }
}

/// The templates, by id and by name and language.
#[derive(Debug, Default)]
pub(crate) struct Templates {
    by_id: HashMap<String, Template>,
    ids: HashMap<String, HashMap<String, String>>,
}

impl Templates {
    pub(crate) fn new(list: impl IntoIterator<Item = Template>) -> Self {
        let mut templates = Self::default();
        for template in list {
            templates.put(template);
        }
        templates
    }

    pub(crate) fn put(&mut self, template: Template) {
        self.ids.entry(template.name.clone()).or_default().insert(template.language.clone(), template.id.clone());
        self.by_id.insert(template.id.clone(), template);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Template> {
        self.by_id.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Template> {
        self.by_id.get_mut(id)
    }

    pub(crate) fn named(&self, name: &str, language: &str) -> Option<&Template> {
        self.ids.get(name)?.get(language).and_then(|id| self.by_id.get(id))
    }

    pub(crate) fn languages(&self, name: &str) -> Vec<String> {
        self.ids.get(name).map(|languages| languages.keys().cloned().collect()).unwrap_or_default()
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Template> {
        let template = self.by_id.remove(id)?;
        if let Some(languages) = self.ids.get_mut(&template.name) {
            languages.remove(&template.language);
            if languages.is_empty() {
                self.ids.remove(&template.name);
            }
        }
        Some(template)
    }

    /// All of them, newest first as Graph lists them.
    pub(crate) fn sorted(&self) -> Vec<&Template> {
        let mut all: Vec<&Template> = self.by_id.values().collect();
        all.sort_by(|a, b| b.created_ms.cmp(&a.created_ms).then_with(|| a.id.cmp(&b.id)));
        all
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }
}

/// What a practice account is put together from at start.
pub(crate) struct Parts {
    pub(crate) seed: u64,
    pub(crate) graph_url: String,
    pub(crate) app_secret: SecretString,
    pub(crate) verify_token: SecretString,
    pub(crate) control_token: SecretString,
    pub(crate) seed_threads: bool,
    pub(crate) clock: Clock,
    pub(crate) db: Arc<Db>,
    pub(crate) http: reqwest::Client,
    pub(crate) state: State,
}

impl State {
    /// Management calls this account may make in an hour: few until it is active with a registered number.
    pub(crate) fn calls_per_hour(&self) -> i64 {
        let active = self.account.fields.get("status").and_then(serde_json::Value::as_str) == Some("ACTIVE");
        crate::limits::calls_per_hour(active && self.numbers.values().any(Number::connected))
    }
}

impl Sim {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            seed: parts.seed,
            graph_url: parts.graph_url,
            app_secret: parts.app_secret,
            verify_token: parts.verify_token,
            control_token: parts.control_token,
            seed_threads: parts.seed_threads,
            clock: parts.clock,
            db: parts.db,
            http: parts.http,
            state: Mutex::new(parts.state),
            crowd_wake: Notify::new(),
            post_wake: Notify::new(),
        }
    }

    /// The state, for a short look or change.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Adds timers and wakes the crowd.
    pub(crate) fn schedule(&self, timers: impl IntoIterator<Item = Timer>) {
        self.state().timers.extend(timers.into_iter().map(Reverse));
        self.crowd_wake.notify_one();
    }
}

/// Unique people written to outside a window in the last 24 h (account.md §7).
#[derive(Debug, Default)]
pub(crate) struct Reached {
    order: VecDeque<(i64, i64)>,
    people: HashSet<i64>,
}

const DAY_MS: i64 = 86_400_000;

impl Reached {
    /// Whether the person may be written to under `cap`; counts them if so.
    pub(crate) fn admit(&mut self, person: i64, now_ms: i64, cap: Option<u64>) -> bool {
        while let Some((at, old)) = self.order.front().copied() {
            if at.saturating_add(DAY_MS) > now_ms {
                break;
            }
            self.order.pop_front();
            self.people.remove(&old);
        }
        if self.people.contains(&person) {
            return true;
        }
        let used = u64::try_from(self.people.len()).unwrap_or(u64::MAX);
        if cap.is_some_and(|cap| used >= cap) {
            return false;
        }
        self.people.insert(person);
        self.order.push_back((now_ms, person));
        true
    }

    /// Counts people whom nobody sees, for tests of large numbers.
    pub(crate) fn preload(&mut self, people: usize, now_ms: i64) {
        let people = i64::try_from(people).unwrap_or(i64::MAX);
        for nobody in 1..=people {
            self.admit(nobody.saturating_neg(), now_ms, None);
        }
    }

    /// People counted now.
    pub(crate) fn used(&self) -> usize {
        self.people.len()
    }
}
