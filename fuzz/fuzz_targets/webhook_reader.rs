//! Any bytes as a webhook: an answer, bounded, and each event's raw part is JSON that was in the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard_cloud_api::webhooks::{MAX_EVENTS, reader};

fuzz_target!(|data: &[u8]| {
    let Ok(events) = reader::read(data) else { return };
    assert!(events.len() <= MAX_EVENTS);
    let text = std::str::from_utf8(data).expect("only text is read");
    for event in &events {
        assert!(event.raw.as_str() == "null" || text.contains(event.raw.as_str()));
        let _ = format!("{event:?}");
    }
});
