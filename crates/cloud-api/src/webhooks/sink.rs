//! Where the reader collects events, up to its limit; and `contacts[]`, joined to those who wrote.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::event::{Envelope, Event, EventBody, RawJson, UnknownReason, UserRef, WebhookContact};
use super::reader::MAX_EVENTS;
use super::salvage;
use super::value::RawList;

/// Where reading an element failed.
pub(super) fn shape(e: &serde_json::Error) -> UnknownReason {
    UnknownReason::Shape(crate::client::describe(e))
}

/// Where events are collected, up to the limit.
#[derive(Default)]
pub(super) struct Sink {
    pub(super) events: Vec<Event>,
    pub(super) full: bool,
}

impl Sink {
    pub(super) fn push(&mut self, envelope: &Arc<Envelope>, raw: &RawValue, body: EventBody) {
        if self.events.len() >= MAX_EVENTS {
            self.full = true;
            return;
        }
        self.events.push(Event { envelope: Arc::clone(envelope), body, raw: RawJson::of(raw) });
    }

    pub(super) fn unknown(&mut self, envelope: &Arc<Envelope>, raw: &RawValue, why: UnknownReason) {
        self.push(envelope, raw, EventBody::Unknown(why));
    }

    /// Reads an element as `W` and makes an event of it; what cannot be read stays raw.
    pub(super) fn each<W: DeserializeOwned>(
        &mut self,
        envelope: &Arc<Envelope>,
        raw: &RawValue,
        make: impl FnOnce(W) -> Option<EventBody>,
    ) {
        // A list would be read as an object's keys in order; nobody sends elements that way.
        if raw.get().starts_with('[') {
            return self.unknown(envelope, raw, UnknownReason::Shape("the element is a list".to_owned()));
        }
        let (wire, odd) = match serde_json::from_str::<W>(raw.get()) {
            Ok(wire) => (wire, Vec::new()),
            Err(e) => match salvage::read::<W>(raw.get()) {
                Some(salvaged) => (salvaged.wire, salvaged.odd),
                None => return self.unknown(envelope, raw, shape(&e)),
            },
        };
        match make(wire) {
            Some(body) => {
                self.push(envelope, raw, body);
                if !odd.is_empty() {
                    // What could be read is an event of its own; the parts that could not stay beside it.
                    self.unknown(envelope, raw, UnknownReason::Part(odd.join(", ")));
                }
            }
            None => self.unknown(envelope, raw, UnknownReason::Shape("an id or status is missing".to_owned())),
        }
    }

    /// The same for an element that is wholly optional keys.
    pub(super) fn plain<W: DeserializeOwned>(
        &mut self,
        envelope: &Arc<Envelope>,
        raw: &RawValue,
        make: impl FnOnce(Box<W>) -> EventBody,
    ) {
        self.each::<W>(envelope, raw, |w| Some(make(Box::new(w))));
    }
}

/// `contacts[]` of one value, to be joined by user id, else wa id; a lone contact joins a lone sender whom the
/// element does not name (webhooks.md §2.2). Those that join nobody become events of their own.
pub(super) struct Contacts<'a> {
    list: Vec<(WebhookContact, &'a RawValue, bool)>,
}

impl<'a> Contacts<'a> {
    pub(super) fn read(out: &mut Sink, envelope: &Arc<Envelope>, raw: &RawList<'a>) -> Self {
        let mut list = Vec::new();
        for item in &raw.items {
            let read = serde_json::from_str::<WebhookContact>(item.get());
            let (mut contact, odd) = match read {
                Ok(contact) => (contact, Vec::new()),
                Err(e) => match salvage::read::<WebhookContact>(item.get()) {
                    Some(salvaged) => (salvaged.wire, salvaged.odd),
                    None => {
                        out.unknown(envelope, item, shape(&e));
                        continue;
                    }
                },
            };
            if !odd.is_empty() {
                out.unknown(envelope, item, UnknownReason::Part(odd.join(", ")));
            }
            contact.raw = Some(Arc::new(RawJson::of(item)));
            list.push((contact, *item, false));
        }
        Self { list }
    }

    pub(super) fn of(&mut self, user: &UserRef) -> Option<WebhookContact> {
        let alone = self.list.len() == 1;
        let found = self.list.iter_mut().find(|(c, _, _)| c.user.same_person(user)).map(|(c, _, used)| {
            *used = true;
            c.clone()
        });
        match found {
            None if alone && user.is_empty() => self.list.first_mut().map(|(c, _, used)| {
                *used = true;
                c.clone()
            }),
            other => other,
        }
    }

    pub(super) fn rest(self, out: &mut Sink, envelope: &Arc<Envelope>) {
        for (contact, raw, used) in self.list {
            if !used {
                out.push(envelope, raw, EventBody::Contact(Box::new(contact)));
            }
        }
    }
}
