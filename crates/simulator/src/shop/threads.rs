//! Customers who wrote before the account was connected: the first things the inbox shows.

use rusqlite::Connection;

use crate::crowd::draw::Draw;
use crate::crowd::inbound::{self, Incoming, Writing};
use crate::crowd::pictures;
use crate::webhooks::queue;
use crate::world::Sim;

const MINUTE: i64 = 60_000;

struct Line {
    digits: &'static str,
    /// Has a username and shows no phone number.
    hidden: bool,
    minutes_ago: i64,
    text: &'static str,
    photo: bool,
}

const LINES: &[Line] = &[
    Line {
        digits: "14165550142",
        hidden: false,
        minutes_ago: 26 * 60,
        text: "Hello, I ordered two bowls last week (TT-2019). Any news?",
        photo: false,
    },
    Line {
        digits: "15145550118",
        hidden: false,
        minutes_ago: 23 * 60 + 20,
        text: "Bonjour! Est-ce que la planche en chêne existe aussi en 60 cm?",
        photo: false,
    },
    Line {
        digits: "16045550131",
        hidden: false,
        minutes_ago: 3 * 60,
        text: "One of the mugs came broken 😕",
        photo: false,
    },
    Line {
        digits: "16045550131",
        hidden: false,
        minutes_ago: 3 * 60 - 1,
        text: "This is the crack I mean",
        photo: true,
    },
    Line {
        digits: "19025550127",
        hidden: true,
        minutes_ago: 41,
        text: "Do you ship to Halifax? And is there a gift-wrap option? 🎁",
        photo: false,
    },
    Line {
        digits: "16135550109",
        hidden: false,
        minutes_ago: 12,
        text: "What time do you close on Saturday?",
        photo: false,
    },
];

/// Writes the threads and queues their webhooks.
pub(crate) fn write_threads(connection: &Connection, sim: &Sim, now_ms: i64) -> rusqlite::Result<()> {
    let Some(number) = sim.state().numbers.keys().next().cloned() else { return Ok(()) };
    let mut updates = Vec::new();
    for line in LINES {
        let customer = {
            let mut state = sim.state();
            let customer = state.people.meet(line.digits);
            if line.hidden {
                customer.hides_phone = true;
                customer.username.get_or_insert_with(|| String::from("shore.walker"));
            }
            customer.id
        };
        let writing = if line.photo {
            let bytes = pictures::jpeg(&mut Draw::new(sim.seed, "photo", line.digits, 0), 640, 480);
            Writing::Media {
                kind: "image",
                mime_type: String::from("image/jpeg"),
                bytes,
                caption: Some(line.text.to_owned()),
                filename: None,
            }
        } else {
            Writing::Text(line.text.to_owned())
        };
        let at_ms = now_ms.saturating_sub(line.minutes_ago.saturating_mul(MINUTE));
        let incoming = Incoming { customer, phone_number_id: number.clone(), writing, reply_to: None, at_ms };
        if let Some(received) = inbound::receive(connection, sim, incoming)? {
            updates.extend(received.updates);
        }
    }
    queue::enqueue(connection, sim, updates, now_ms)
}
