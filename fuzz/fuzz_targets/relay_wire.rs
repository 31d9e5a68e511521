//! Any bytes as a message between relay and console: read or refused, and what was read is written and read alike.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard_relay_api::wire::Frame;

fuzz_target!(|data: &[u8]| {
    let Ok(frame) = Frame::decode(data) else { return };
    if let Frame::Batch(batch) = &frame {
        for entry in &batch.entries {
            drop(entry.open());
        }
    }
    let again = Frame::decode(&frame.encode());
    assert!(again.is_ok_and(|again| again == frame));
});
