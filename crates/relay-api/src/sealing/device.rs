//! A device's own key pair: the private half stays in the console's keychain, the public half goes to the relay.

use std::fmt;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{EpochSecret, SealError};
use crate::wire::EpochKey;

type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
type EncappedKey = <X25519HkdfSha256 as Kem>::EncappedKey;

const KEY_BYTES: usize = 32;
/// First byte of a wrapped key; another value is another way of wrapping.
const WRAPPING: u8 = 1;

/// The key pair of one console at one desk.
#[derive(Clone)]
pub struct DeviceKey {
    private: PrivateKey,
}

impl DeviceKey {
    /// A new key pair.
    ///
    /// # Errors
    /// [`SealError::Random`].
    pub fn generate() -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| SealError::Random)?;
        let private = PrivateKey::from_bytes(bytes.as_slice()).map_err(|_| SealError::NotAKey)?;
        Ok(Self { private })
    }

    /// The key pair as kept in the keychain: 64 hex digits.
    ///
    /// # Errors
    /// [`SealError::NotAKey`].
    pub fn from_secret(secret: &SecretString) -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        hex::decode_to_slice(secret.expose_secret().trim(), bytes.as_mut_slice()).map_err(|_| SealError::NotAKey)?;
        let private = PrivateKey::from_bytes(bytes.as_slice()).map_err(|_| SealError::NotAKey)?;
        Ok(Self { private })
    }

    /// For the keychain.
    pub fn to_secret(&self) -> SecretString {
        let bytes = Zeroizing::new(<[u8; KEY_BYTES]>::from(self.private.to_bytes()));
        SecretString::from(hex::encode(bytes.as_slice()))
    }

    /// The half that the relay is told.
    pub fn public(&self) -> DevicePublicKey {
        DevicePublicKey(<[u8; KEY_BYTES]>::from(X25519HkdfSha256::sk_to_pk(&self.private).to_bytes()))
    }

    /// Opens an epoch key that was wrapped to this device.
    ///
    /// # Errors
    /// [`SealError::Broken`] if it was wrapped to another device, desk or epoch, or altered.
    pub fn unwrap_epoch(&self, desk: &str, device: &str, key: &EpochKey) -> Result<EpochSecret, SealError> {
        let Some((&WRAPPING, rest)) = key.wrapped.split_first() else { return Err(SealError::Broken) };
        let Some((encapped, ciphertext)) = rest.split_first_chunk::<KEY_BYTES>() else {
            return Err(SealError::Broken);
        };
        let encapped = EncappedKey::from_bytes(encapped).map_err(|_| SealError::Broken)?;
        let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.private,
            &encapped,
            &wrapping_context(desk, device, key.epoch),
            ciphertext,
            &[],
        );
        let opened = Zeroizing::new(opened.map_err(|_| SealError::Broken)?);
        let bytes = <[u8; KEY_BYTES]>::try_from(opened.as_slice()).map_err(|_| SealError::Broken)?;
        Ok(EpochSecret::from_bytes(key.epoch, Zeroizing::new(bytes)))
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceKey").field("public", &self.public()).finish_non_exhaustive()
    }
}

/// The public half of a device's key pair.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DevicePublicKey([u8; KEY_BYTES]);

impl DevicePublicKey {
    /// Reads 64 hex digits.
    ///
    /// # Errors
    /// [`SealError::NotAKey`].
    pub fn from_hex(digits: &str) -> Result<Self, SealError> {
        let mut bytes = [0_u8; KEY_BYTES];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| SealError::NotAKey)?;
        Ok(Self(bytes))
    }

    /// 64 hex digits.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Wraps an epoch key so that only this device can open it.
    ///
    /// # Errors
    /// [`SealError::NotAKey`] for a public key that agrees on nothing (a point of small order).
    pub fn wrap_epoch(&self, desk: &str, device: &str, secret: &EpochSecret) -> Result<EpochKey, SealError> {
        let recipient = PublicKey::from_bytes(&self.0).map_err(|_| SealError::NotAKey)?;
        let (encapped, ciphertext) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &recipient,
            &wrapping_context(desk, device, secret.epoch()),
            secret.as_bytes(),
            &[],
        )
        .map_err(|_| SealError::NotAKey)?;
        let encapped = <[u8; KEY_BYTES]>::from(encapped.to_bytes());
        let mut wrapped = Vec::with_capacity(1 + KEY_BYTES + ciphertext.len());
        wrapped.push(WRAPPING);
        wrapped.extend_from_slice(&encapped);
        wrapped.extend_from_slice(&ciphertext);
        Ok(EpochKey { epoch: secret.epoch(), wrapped })
    }
}

impl fmt::Debug for DevicePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DevicePublicKey({})", self.to_hex())
    }
}

impl serde::Serialize for DevicePublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> serde::Deserialize<'de> for DevicePublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
        Self::from_hex(&digits).map_err(serde::de::Error::custom)
    }
}

/// HPKE's `info`: a wrapped key opens for this desk, device and epoch alone.
fn wrapping_context(desk: &str, device: &str, epoch: u64) -> Vec<u8> {
    let mut context = b"switchboard.relay.epoch.v1\0".to_vec();
    context.extend_from_slice(&epoch.to_be_bytes());
    context.extend_from_slice(desk.as_bytes());
    context.push(0);
    context.extend_from_slice(device.as_bytes());
    context
}
