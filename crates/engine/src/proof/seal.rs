//! Sealing a proof: Ed25519 over the document as one line of JSON.

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// In front of what is signed, so that the signature fits nothing else.
const DOMAIN: &[u8] = b"switchboard consent proof v1\n";

fn signed_bytes(proof: &Value) -> Vec<u8> {
    let mut bytes = DOMAIN.to_vec();
    // Values print; the keys of an object keep the order in which they were written.
    bytes.extend(proof.to_string().into_bytes());
    bytes
}

/// The document with its seal.
pub(super) fn sealed(proof: Value, seed: &[u8; 32]) -> Value {
    let key = SigningKey::from_bytes(seed);
    let public = key.verifying_key();
    let signature = key.sign(&signed_bytes(&proof));
    json!({
        "proof": proof,
        "seal": {
            "algorithm": "ed25519",
            "mark": mark_of(public.as_bytes()),
            "public_key": hex::encode(public.as_bytes()),
            "signature": hex::encode(signature.to_bytes()),
        },
    })
}

/// The mark of the key that sealed it, if the seal fits.
pub(super) fn opened(document: &Value) -> Option<String> {
    let seal = document.get("seal")?;
    let bytes = |key: &str| hex::decode(seal.get(key)?.as_str()?).ok();
    let public: [u8; 32] = bytes("public_key")?.try_into().ok()?;
    let signature: [u8; 64] = bytes("signature")?.try_into().ok()?;
    let key = VerifyingKey::from_bytes(&public).ok()?;
    key.verify(&signed_bytes(document.get("proof")?), &Signature::from_bytes(&signature)).ok()?;
    Some(mark_of(&public))
}

/// The short form of a signing key that people compare: 16 letters and digits in groups of four.
pub fn mark_of(public: &[u8; 32]) -> String {
    let hash = hex::encode_upper(Sha256::digest(public));
    let groups: Vec<&str> = [0..4, 4..8, 8..12, 12..16].into_iter().filter_map(|r| hash.get(r)).collect();
    groups.join("-")
}

/// The mark of a profile's own key.
pub(crate) fn own_mark(seed: &[u8; 32]) -> String {
    mark_of(SigningKey::from_bytes(seed).verifying_key().as_bytes())
}
