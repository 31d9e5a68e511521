//! The Rust handle to a running practice account.

use std::sync::Arc;

use rusqlite::{OptionalExtension, params};
use secrecy::ExposeSecret;
use serde_json::Value;

pub use super::phone::{CustomerCard, Medium, PhoneButton, PhoneLine};
use crate::config::{Mode, Mood};
use crate::crowd::inbound::{self, Incoming, Writing};
use crate::crowd::task;
use crate::db::DbError;
use crate::ledger::{self, Scope};
use crate::model::account::Callback;
use crate::model::template::save_document;
use crate::webhooks::{handshake, queue};
use crate::world::Sim;

/// Why a control call did nothing.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No such customer, message, template, number or file.
    #[error("the practice account has no {0}")]
    NotFound(&'static str),
    /// The request makes no sense as it stands.
    #[error("{0}")]
    Invalid(String),
    /// The practice ledger could not be read or written.
    #[error("{0}")]
    Storage(String),
}

impl From<DbError> for ControlError {
    fn from(error: DbError) -> Self {
        Self::Storage(error.to_string())
    }
}

/// Steers one practice account; clones share it.
#[derive(Debug, Clone)]
pub struct Control {
    pub(crate) sim: Arc<Sim>,
}

impl Control {
    /// Every customer with the newest line of their chat, newest chat first.
    pub async fn customers(&self) -> Result<Vec<CustomerCard>, ControlError> {
        let now = self.sim.clock.now_ms();
        let mut cards: Vec<CustomerCard> = self.sim.state().people.iter().map(|c| CustomerCard::of(c, now)).collect();
        let rows = self
            .sim
            .db
            .read(|c| {
                c.prepare_cached(
                    "SELECT m.customer, m.at_ms, m.content, (SELECT count(*) FROM messages u WHERE u.customer = m.customer AND u.inbound = 0 AND u.delivered_ms IS NOT NULL AND u.read_ms IS NULL)
                     FROM messages m JOIN (SELECT customer, max(seq) seq FROM messages GROUP BY customer) l ON l.seq = m.seq",
                )?
                .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?, row.get::<_, u32>(3)?)))?
                .map(|row| row.map(|(customer, at, content, unread)| (customer, (at, content, unread))))
                .collect::<rusqlite::Result<std::collections::HashMap<_, _>>>()
            })
            .await?;
        for card in &mut cards {
            if let Some((at, content, unread)) = rows.get(&card.id) {
                let view: Value = serde_json::from_str(content).unwrap_or_default();
                card.last_at_ms = Some(*at);
                card.last_text = view.get("body").and_then(Value::as_str).map(str::to_owned);
                card.unread = *unread;
            }
        }
        cards.sort_by_key(|card| std::cmp::Reverse(card.last_at_ms));
        Ok(cards)
    }

    /// Makes or finds a customer by phone number (digits, with or without `+`).
    pub async fn customer(
        &self,
        phone: &str,
        name: Option<&str>,
        username: Option<&str>,
        hides_phone: Option<bool>,
    ) -> Result<CustomerCard, ControlError> {
        let wa_id = crate::phone::wa_id(phone, "1")
            .map_err(|_| ControlError::Invalid(String::from("the phone number cannot be read")))?;
        let customer = {
            let mut state = self.sim.state();
            let customer = state.people.meet(&wa_id);
            if let Some(name) = name {
                customer.name = name.to_owned();
            }
            if let Some(username) = username {
                customer.username = (!username.is_empty()).then(|| username.to_owned());
            }
            if let Some(hides) = hides_phone {
                customer.hides_phone = hides;
            }
            customer.stored = true;
            customer.clone()
        };
        let card = CustomerCard::of(&customer, self.sim.clock.now_ms());
        self.sim.db.write(move |c| customer.save(c)).await?;
        Ok(card)
    }

    pub(crate) fn id_of(&self, key: &str) -> Result<i64, ControlError> {
        self.sim
            .state()
            .people
            .find(key)
            .map(|c| c.id)
            .ok_or(ControlError::NotFound("customer of that id, phone or user id"))
    }

    /// A conversation as the customer sees it, oldest first. `after` is the last `seq` known.
    pub async fn conversation(&self, customer: &str, after: i64, limit: u32) -> Result<Vec<PhoneLine>, ControlError> {
        let id = self.id_of(customer)?;
        let stored = self.sim.db.read(move |c| ledger::thread(c, id, after, i64::from(limit))).await?;
        Ok(stored.iter().map(PhoneLine::of).filter(PhoneLine::arrived).collect())
    }

    /// The customer writes a text; the wamid of the message.
    pub async fn send_text(&self, customer: &str, text: &str, reply_to: Option<&str>) -> Result<String, ControlError> {
        self.write_as(customer, Writing::Text(text.to_owned()), reply_to, None).await
    }

    /// The customer sends a file; `kind` is `image`, `video`, `audio`, `document` or `sticker`.
    pub async fn send_media(
        &self,
        customer: &str,
        kind: &str,
        mime_type: &str,
        bytes: Vec<u8>,
        caption: Option<&str>,
        filename: Option<&str>,
    ) -> Result<String, ControlError> {
        let kind = match kind {
            "image" => "image",
            "video" => "video",
            "audio" => "audio",
            "document" => "document",
            "sticker" => "sticker",
            other => return Err(ControlError::Invalid(format!("\"{other}\" is not a kind of media"))),
        };
        let writing = Writing::Media {
            kind,
            mime_type: mime_type.to_owned(),
            bytes,
            caption: caption.map(str::to_owned),
            filename: filename.map(str::to_owned),
        };
        self.write_as(customer, writing, None, None).await
    }

    /// The customer sends a photo that the practice account draws.
    pub async fn send_photo(&self, customer: &str, caption: Option<&str>) -> Result<String, ControlError> {
        let mut draw = crate::crowd::draw::Draw::new(
            self.sim.seed,
            "photo",
            customer,
            u64::try_from(self.sim.clock.now_ms()).unwrap_or(0),
        );
        let bytes = crate::crowd::pictures::jpeg(&mut draw, 640, 480);
        self.send_media(customer, "image", "image/jpeg", bytes, caption, None).await
    }

    /// The customer taps the button with this label under one of our messages.
    pub async fn tap(&self, customer: &str, wamid: &str, label: &str) -> Result<String, ControlError> {
        let wanted = wamid.to_owned();
        let message = self
            .sim
            .db
            .read(move |c| ledger::by_wamid(c, &wanted))
            .await?
            .ok_or(ControlError::NotFound("message of that id"))?;
        let line = PhoneLine::of(&message);
        let button =
            line.buttons.iter().find(|b| b.text == label).ok_or(ControlError::NotFound("button of that label"))?;
        let payload = button.payload.clone().unwrap_or_else(|| label.to_owned());
        let writing = match button.kind.as_str() {
            "QUICK_REPLY" => Writing::Button { text: label.to_owned(), payload },
            "REPLY" => Writing::ButtonReply { id: payload, title: label.to_owned() },
            other => {
                return Err(ControlError::Invalid(format!("a tap on a {other} button tells the business nothing")));
            }
        };
        self.write_as(customer, writing, Some(wamid), None).await
    }

    /// The customer puts an emoji on a message, or takes it back.
    pub async fn react(&self, customer: &str, wamid: &str, emoji: Option<&str>) -> Result<String, ControlError> {
        let writing = Writing::Reaction { message_id: wamid.to_owned(), emoji: emoji.map(str::to_owned) };
        self.write_as(customer, writing, None, None).await
    }

    /// Writes anything on the customer's behalf and marks them as played by hand.
    pub(crate) async fn write_as(
        &self,
        customer: &str,
        writing: Writing,
        reply_to: Option<&str>,
        at_ms: Option<i64>,
    ) -> Result<String, ControlError> {
        let id = self.id_of(customer)?;
        let now = self.sim.clock.now_ms();
        let number = self.first_number()?;
        let incoming = Incoming {
            customer: id,
            phone_number_id: number,
            writing,
            reply_to: reply_to.map(str::to_owned),
            at_ms: at_ms.unwrap_or(now),
        };
        let sim = Arc::clone(&self.sim);
        let received = self
            .sim
            .db
            .write(move |c| {
                task::change(c, &sim, id, |customer| customer.played = true)?;
                let Some(received) = inbound::receive(c, &sim, incoming)? else { return Ok(None) };
                queue::enqueue(c, &sim, received.updates, now)?;
                Ok(Some(received.wamid))
            })
            .await?;
        self.sim.post_wake.notify_one();
        received.ok_or_else(|| {
            ControlError::Invalid(String::from("the business has blocked this customer; their messages do not arrive"))
        })
    }

    pub(crate) fn first_number(&self) -> Result<String, ControlError> {
        let state = self.sim.state();
        let mut ids: Vec<&String> = state.numbers.keys().collect();
        ids.sort();
        ids.first().map(|id| (*id).clone()).ok_or(ControlError::NotFound("phone number"))
    }

    /// WhatsApp's own "stop marketing" (`true`) or "resume" (`false`).
    pub async fn stop_marketing(&self, customer: &str, stop: bool) -> Result<(), ControlError> {
        let id = self.id_of(customer)?;
        let (now, number, sim) = (self.sim.clock.now_ms(), self.first_number()?, Arc::clone(&self.sim));
        self.sim
            .db
            .write(move |c| {
                let mut updates = Vec::new();
                task::preference(c, &sim, id, &number, if stop { "stop" } else { "resume" }, now, &mut updates)?;
                queue::enqueue(c, &sim, updates, now)
            })
            .await?;
        self.sim.post_wake.notify_one();
        Ok(())
    }

    /// The customer blocks or unblocks the business; no webhook tells so.
    pub async fn block_business(&self, customer: &str, block: bool) -> Result<(), ControlError> {
        let id = self.id_of(customer)?;
        let sim = Arc::clone(&self.sim);
        Ok(self.sim.db.write(move |c| task::change(c, &sim, id, |customer| customer.blocks_us = block)).await?)
    }

    /// Whether the crowd answers for this customer (`false`) or somebody plays them (`true`).
    pub async fn play(&self, customer: &str, by_hand: bool) -> Result<(), ControlError> {
        let id = self.id_of(customer)?;
        let sim = Arc::clone(&self.sim);
        Ok(self.sim.db.write(move |c| task::change(c, &sim, id, |customer| customer.played = by_hand)).await?)
    }

    /// The customer opens the chat: everything delivered becomes read.
    pub async fn open_chat(&self, customer: &str) -> Result<u32, ControlError> {
        let id = self.id_of(customer)?;
        let (now, sim) = (self.sim.clock.now_ms(), Arc::clone(&self.sim));
        let read = self
            .sim
            .db
            .write(move |c| {
                let waiting: Vec<i64> = c
                    .prepare_cached("SELECT seq FROM messages WHERE customer = ?1 AND inbound = 0 AND delivered_ms IS NOT NULL AND read_ms IS NULL")?
                    .query_map([id], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                let mut updates = Vec::new();
                for seq in &waiting {
                    if let Some(mut message) = ledger::by_seq(c, *seq)? {
                        task::status(c, &sim, &mut message, "read", now, None, &mut updates)?;
                    }
                }
                queue::enqueue(c, &sim, updates, now)?;
                Ok(u32::try_from(waiting.len()).unwrap_or(u32::MAX))
            })
            .await?;
        self.sim.post_wake.notify_one();
        Ok(read)
    }

    /// Pokes one status of a message: `sent`, `delivered`, `read`, `played` or `failed` with a code.
    pub async fn poke_status(&self, wamid: &str, status: &str, code: Option<i64>) -> Result<(), ControlError> {
        let name = match status {
            "sent" => "sent",
            "delivered" => "delivered",
            "read" => "read",
            "played" => "played",
            "failed" => "failed",
            other => return Err(ControlError::Invalid(format!("\"{other}\" is not a status"))),
        };
        let failure = (name == "failed").then(|| code.unwrap_or(131_026));
        let (now, sim, wamid) = (self.sim.clock.now_ms(), Arc::clone(&self.sim), wamid.to_owned());
        let found = self
            .sim
            .db
            .write(move |c| {
                let Some(mut message) = ledger::by_wamid(c, &wamid)?.filter(|m| !m.inbound) else { return Ok(false) };
                let mut updates = Vec::new();
                task::status(c, &sim, &mut message, name, now, failure, &mut updates)?;
                queue::enqueue(c, &sim, updates, now)?;
                Ok(true)
            })
            .await?;
        self.sim.post_wake.notify_one();
        if found { Ok(()) } else { Err(ControlError::NotFound("outgoing message of that id")) }
    }

    /// The MIME type and bytes of a file in a conversation.
    pub async fn media(&self, id: &str) -> Result<(String, Vec<u8>), ControlError> {
        let id = id.to_owned();
        self.sim
            .db
            .read(move |c| {
                c.query_row("SELECT mime_type, bytes FROM media WHERE id = ?1", [id], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()
            })
            .await?
            .ok_or(ControlError::NotFound("file of that id"))
    }

    /// Changes who decides, how rough it is, how fast, and the limits; `None` leaves as it is.
    pub async fn set_mode(
        &self,
        mode: Option<Mode>,
        mood: Option<Mood>,
        speed: Option<f64>,
        limits: Option<bool>,
    ) -> Result<(), ControlError> {
        if speed.is_some_and(|s| !s.is_finite() || s <= 0.0) {
            return Err(ControlError::Invalid(String::from("speed must be a number above 0")));
        }
        let settings = {
            let mut state = self.sim.state();
            let settings = &mut state.settings;
            settings.mode = mode.unwrap_or(settings.mode);
            settings.mood = mood.unwrap_or(settings.mood);
            settings.speed = speed.unwrap_or(settings.speed);
            settings.limits = limits.unwrap_or(settings.limits);
            settings.clone()
        };
        Ok(self.sim.db.write(move |c| save_document(c, "settings", "settings", &settings)).await?)
    }

    /// Who decides now: whether the crowd acts by itself, whether it is rough, and how many times faster than life.
    pub fn mode(&self) -> (bool, bool, f64) {
        let state = self.sim.state();
        (state.settings.mode == Mode::Auto, state.settings.mood == Mood::Rough, state.settings.speed)
    }

    /// Advances simulated time; whatever is due happens at once. The new time, ms UTC.
    pub async fn advance(&self, by_ms: i64) -> Result<i64, ControlError> {
        let total = self.sim.clock.advance(by_ms);
        self.sim
            .db
            .write(move |c| c.execute("INSERT INTO settings(key, value) VALUES('advanced_ms', ?1) ON CONFLICT(key) DO UPDATE SET value = excluded.value", params![total.to_string()]))
            .await?;
        self.sim.crowd_wake.notify_one();
        self.sim.post_wake.notify_one();
        Ok(self.sim.clock.now_ms())
    }

    /// Simulated time, ms UTC.
    pub fn now_ms(&self) -> i64 {
        self.sim.clock.now_ms()
    }

    /// Sets the app-level callback after its handshake; `None` removes it and webhooks wait.
    pub async fn set_callback(&self, url: Option<&str>) -> Result<(), ControlError> {
        if let Some(url) = url {
            handshake::verify(&self.sim.http, url, self.sim.verify_token.expose_secret())
                .await
                .map_err(|reason| ControlError::Invalid(reason.to_string()))?;
        }
        let account = {
            let mut state = self.sim.state();
            state.account.app_callback = url.map(|url| Callback { url: url.to_owned(), verified: true });
            state.callback_verified = url.is_some();
            state.account.clone()
        };
        self.sim.db.write(move |c| save_document(c, "account", "account", &account)).await?;
        self.sim.post_wake.notify_one();
        Ok(())
    }

    /// The counts of the practice ledger (interfaces.md, Tour).
    pub async fn summary(&self) -> Result<Value, ControlError> {
        Ok(self.sim.db.read(|c| ledger::summary(c, &Scope::default())).await?)
    }
}
