//! The wire outlives the code: what is written is read again, what is new is passed over, what is broken is an error.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use minicbor::Encoder;
use proptest::prelude::*;
use switchboard_relay_api::payload::{encode_gap, encode_webhook};
use switchboard_relay_api::{
    Ack, Batch, Credit, Entry, EntryKind, EpochKey, Frame, GapPayload, Head, Hello, Lease, LeaseRequest, LeaseWish,
    Note, Payload, PayloadError, RelaySeq, Welcome,
};

fn seq() -> impl Strategy<Value = RelaySeq> {
    any::<u64>().prop_map(RelaySeq::new)
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..200)
}

fn entry() -> impl Strategy<Value = Entry> {
    (seq(), any::<u8>(), any::<i64>(), any::<u64>(), bytes(), bytes(), bytes()).prop_map(
        |(seq, kind, received_ms, epoch, nonce, sealed, note_id)| {
            let kind = EntryKind::from_code(kind);
            Entry { seq, kind, received_ms, epoch, nonce, sealed, note_id }
        },
    )
}

fn epoch_key() -> impl Strategy<Value = EpochKey> {
    (any::<u64>(), bytes()).prop_map(|(epoch, wrapped)| EpochKey { epoch, wrapped })
}

fn lease() -> impl Strategy<Value = Option<Lease>> {
    let lease = (any::<u64>(), any::<String>(), any::<bool>(), any::<String>());
    prop::option::of(lease.prop_map(|(term, holder, granted, previous)| Lease { term, holder, granted, previous }))
}

fn frame() -> impl Strategy<Value = Frame> {
    prop_oneof![
        (any::<u32>(), any::<String>(), seq(), any::<u64>()).prop_map(|(proto, device, cursor, credit_bytes)| {
            Frame::Hello(Hello { proto, device, cursor, credit_bytes })
        }),
        (any::<u32>(), seq(), seq(), any::<i64>(), any::<u64>(), seq(), bytes(), (seq(), lease())).prop_map(
            |(proto, head, floor, time_ms, bad_signatures, reads_from, log_id, (notes, lease))| Frame::Welcome(
                Welcome { proto, head, floor, time_ms, bad_signatures, reads_from, log_id, notes, lease }
            )
        ),
        (prop::collection::vec(epoch_key(), 0..3), prop::collection::vec(entry(), 0..5), seq())
            .prop_map(|(epochs, entries, head)| Frame::Batch(Batch { epochs, entries, head })),
        seq().prop_map(|upto| Frame::Ack(Ack { upto })),
        any::<u64>().prop_map(|bytes| Frame::Credit(Credit { bytes })),
        (bytes(), bytes(), any::<u64>(), bytes()).prop_map(|(id, sealed, epoch, nonce)| Frame::Note(Note {
            id,
            sealed,
            epoch,
            nonce
        })),
        (seq(), any::<i64>(), any::<u64>(), seq(), lease(), any::<bool>()).prop_map(
            |(head, time_ms, bad_signatures, notes, lease, refusing)| {
                Frame::Head(Head { head, time_ms, bad_signatures, notes, lease, refusing })
            }
        ),
        epoch_key().prop_map(Frame::Epoch),
        (any::<u8>(), any::<u64>())
            .prop_map(|(wish, term)| { Frame::LeaseRequest(LeaseRequest { wish: LeaseWish::from_code(wish), term }) }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(frame in frame()) {
        prop_assert_eq!(Frame::decode(&frame.encode()).unwrap(), frame);
    }

    #[test]
    fn garbage_is_an_error_or_a_message_but_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(frame) = Frame::decode(&bytes) {
            prop_assert!(Frame::decode(&frame.encode()).is_ok());
        }
    }

    #[test]
    fn a_damaged_message_never_panics(frame in frame(), at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let mut bytes = frame.encode();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let _ = Frame::decode(&bytes);
        let _ = Frame::decode(&bytes[..at]);
    }

    #[test]
    fn opening_whatever_came_never_panics(entry in entry()) {
        let _ = entry.open();
    }

    #[test]
    fn a_webhook_comes_out_as_it_went_in(body in bytes(), signature in any::<String>()) {
        let entry = plain(EntryKind::Webhook, encode_webhook(&body, &signature));
        let Ok(Payload::Webhook(webhook)) = entry.open() else { panic!() };
        prop_assert_eq!(minicbor::to_vec(&webhook).unwrap(), entry.sealed, "one shape, written two ways");
        prop_assert_eq!((webhook.body, webhook.signature), (body, signature));
    }

    #[test]
    fn credit_counts_at_least_what_goes_over_the_wire(entries in prop::collection::vec(entry(), 1..20)) {
        let batch = Batch { epochs: Vec::new(), entries, head: RelaySeq::START };
        const FRAME_BYTES: u64 = 32;
        prop_assert!(batch.wire_bytes() + FRAME_BYTES >= Frame::Batch(batch).encode().len() as u64);
    }
}

fn plain(kind: EntryKind, sealed: Vec<u8>) -> Entry {
    Entry { seq: RelaySeq::new(1), kind, received_ms: 0, epoch: 0, nonce: Vec::new(), sealed, note_id: Vec::new() }
}

/// A message as a newer program might write it.
fn written(write: impl FnOnce(&mut Encoder<Vec<u8>>)) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    write(&mut encoder);
    encoder.into_writer()
}

#[test]
fn the_wire_shape_stands_still() {
    let hello = Hello { proto: 1, device: "front".to_owned(), cursor: RelaySeq::new(7), credit_bytes: 1_000 };
    let entry = Entry { note_id: vec![9], ..plain(EntryKind::Note, vec![1, 2]) };
    let batch = Batch { epochs: Vec::new(), entries: vec![entry], head: RelaySeq::new(3) };
    let note = Note { id: vec![1], sealed: vec![2], epoch: 0, nonce: Vec::new() };
    let shapes = [
        (Frame::Hello(hello), "8201a40001016566726f6e740207031903e8"),
        (Frame::Batch(batch), "8203a300800181a700010102020003000440054201020641090203"),
        (Frame::Ack(Ack { upto: RelaySeq::new(24) }), "8204a1001818"),
        (Frame::Credit(Credit { bytes: 5 }), "8205a10005"),
        (Frame::Note(note), "8206a400410101410202000340"),
        (
            Frame::Head(Head {
                head: RelaySeq::new(2),
                time_ms: -1,
                bad_signatures: 0,
                notes: RelaySeq::new(1),
                lease: None,
                refusing: true,
            }),
            "8207a50002012002000301 05f5",
        ),
        (Frame::Epoch(EpochKey { epoch: 3, wrapped: vec![1, 2] }), "8208a200030142 0102"),
        (Frame::LeaseRequest(LeaseRequest { wish: LeaseWish::LetGo, term: 4 }), "8209a2000301 04"),
    ];
    for (frame, expected) in shapes {
        assert_eq!(hex::encode(frame.encode()), expected.replace(' ', ""), "{frame:?}");
    }
}

#[test]
fn keys_from_a_newer_program_are_skipped() {
    let bytes = written(|e| {
        e.array(2).unwrap().u64(4).unwrap();
        e.map(3).unwrap().u8(9).unwrap().str("new").unwrap();
        e.u8(0).unwrap().u64(5).unwrap().u8(200).unwrap().array(1).unwrap().bytes(b"x").unwrap();
    });
    assert_eq!(Frame::decode(&bytes).unwrap(), Frame::Ack(Ack { upto: RelaySeq::new(5) }));
}

#[test]
fn fields_that_an_older_program_did_not_write_have_their_default() {
    let bytes = written(|e| {
        e.array(2).unwrap().u64(6).unwrap();
        e.map(2).unwrap().u8(0).unwrap().bytes(b"id").unwrap().u8(1).unwrap().bytes(b"text").unwrap();
    });
    let expected = Note { id: b"id".to_vec(), sealed: b"text".to_vec(), epoch: 0, nonce: Vec::new() };
    assert_eq!(Frame::decode(&bytes).unwrap(), Frame::Note(expected));
}

#[test]
fn messages_from_a_newer_program_are_passed_over() {
    let bytes = written(|e| {
        e.array(2).unwrap().u64(99).unwrap().map(1).unwrap().u8(0).unwrap().str("what").unwrap();
    });
    assert_eq!(Frame::decode(&bytes).unwrap(), Frame::Unknown(99));
}

#[test]
fn a_message_with_something_behind_it_is_refused() {
    let mut bytes = Frame::Ack(Ack { upto: RelaySeq::new(1) }).encode();
    bytes.push(0);
    assert!(Frame::decode(&bytes).is_err());
    assert!(Frame::decode(&[]).is_err());
}

#[test]
fn sealed_entries_are_not_misread_and_unknown_kinds_are_kept() {
    let sealed = Entry { epoch: 3, ..plain(EntryKind::Webhook, encode_webhook(b"{}", "sha256=")) };
    assert!(matches!(sealed.open(), Err(PayloadError::Sealed { epoch: 3 })));
    assert_eq!(plain(EntryKind::from_code(77), vec![1]).open().unwrap(), Payload::Unknown(77));
    let gap = GapPayload { from: RelaySeq::new(2), to: RelaySeq::new(4) };
    assert_eq!(plain(EntryKind::Gap, encode_gap(&gap)).open().unwrap(), Payload::Gap(gap));
}

#[test]
fn debug_output_shows_no_contents() {
    let entry = plain(EntryKind::Webhook, encode_webhook(b"+1 416 555 0123", "sha256=00"));
    let note = Note { id: b"id".to_vec(), sealed: b"+1 416 555 0123".to_vec(), epoch: 0, nonce: Vec::new() };
    let shown = format!("{entry:?} {:?} {note:?}", entry.open().unwrap());
    let bytes = format!("{:?}", b"+1 416 555 0123");
    assert!(!shown.contains("0123") && !shown.contains(bytes.trim_matches(['[', ']'])), "{shown}");
}

/// Writes the seeds of the fuzz target `relay_wire` when `SWITCHBOARD_FUZZ_CORPUS` names a folder.
#[test]
fn the_wire_corpus_reads() {
    let hello = Hello { proto: 1, device: "console".to_owned(), cursor: RelaySeq::new(7), credit_bytes: 1 << 20 };
    let gap = encode_gap(&GapPayload { from: RelaySeq::new(1), to: RelaySeq::new(3) });
    let entries = vec![
        plain(EntryKind::Webhook, encode_webhook(b"{\"object\":\"whatsapp_business_account\"}", "sha256=00")),
        plain(EntryKind::Note, b"a note".to_vec()),
        plain(EntryKind::Gap, gap),
        plain(EntryKind::Other(9), Vec::new()),
    ];
    let epochs = vec![EpochKey { epoch: 1, wrapped: vec![1; 48] }];
    let lease = Lease { term: 3, holder: "console".to_owned(), granted: true, previous: String::new() };
    let seeds = [
        ("hello", Frame::Hello(hello)),
        (
            "welcome",
            Frame::Welcome(Welcome {
                proto: 1,
                head: RelaySeq::new(9),
                floor: RelaySeq::new(1),
                time_ms: 1_795_305_600_000,
                bad_signatures: 2,
                reads_from: RelaySeq::new(2),
                log_id: vec![3; 16],
                notes: RelaySeq::new(4),
                lease: Some(lease.clone()),
            }),
        ),
        ("batch", Frame::Batch(Batch { epochs, entries, head: RelaySeq::new(9) })),
        ("ack", Frame::Ack(Ack { upto: RelaySeq::new(9) })),
        ("credit", Frame::Credit(Credit { bytes: 65_536 })),
        ("note", Frame::Note(Note { id: vec![7; 16], sealed: b"a note".to_vec(), epoch: 0, nonce: Vec::new() })),
        (
            "head",
            Frame::Head(Head {
                head: RelaySeq::new(9),
                time_ms: 1_795_305_600_000,
                bad_signatures: 0,
                notes: RelaySeq::new(4),
                lease: Some(lease),
                refusing: true,
            }),
        ),
        ("epoch", Frame::Epoch(EpochKey { epoch: 2, wrapped: vec![1; 48] })),
        ("lease-request", Frame::LeaseRequest(LeaseRequest { wish: LeaseWish::from_code(1), term: 3 })),
        ("unknown", Frame::Unknown(99)),
    ];
    let folder = std::env::var_os("SWITCHBOARD_FUZZ_CORPUS").map(|f| std::path::PathBuf::from(f).join("relay_wire"));
    for (name, frame) in seeds {
        let bytes = frame.encode();
        assert_eq!(Frame::decode(&bytes).unwrap(), frame, "{name}");
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
}
