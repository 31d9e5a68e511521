//! Any bytes as Graph's answer to a send: one of the five outcomes, and a sentence for each error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switchboard_cloud_api::client::Usage;
use switchboard_cloud_api::errors::GraphError;
use switchboard_cloud_api::messages::SendOutcome;

fuzz_target!(|data: &[u8]| {
    let (status, body) = match data.split_first_chunk::<2>() {
        Some((status, body)) => (u16::from_be_bytes(*status), body),
        None => (400, data),
    };
    if let Some(error) = GraphError::read(status, body) {
        assert!(!error.to_string().is_empty());
    }
    let outcome = SendOutcome::read(status, body, &Usage::default());
    // Only documented throttles may go back to the queue once an answer came.
    assert!(!outcome.may_requeue() || matches!(outcome, SendOutcome::Throttled { .. }));
});
