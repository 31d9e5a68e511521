//! A desk's record and its rules, without IO: who is let in by which code, who is let go, who sends.

use serde::{Deserialize, Serialize};
use switchboard_relay_api::pairing::{CODE_LIFETIME, DeviceState, MAX_DEVICE_NAME_CHARS};
use switchboard_relay_api::{DevicePublicKey, Lease, LeaseWish, RelaySeq};

use crate::config::TokenHash;

/// Most devices that are not revoked; a desk is one business.
pub const MAX_DEVICES: usize = 50;

/// Most codes that are good at once.
const MAX_CODES: usize = 16;

/// How long the holder of a promised lease must have been away before it is taken for gone. A console stops claiming
/// when it has not heard the relay for two minutes, and a send under way ends within one more.
pub const LEASE_GRACE_MS: i64 = 4 * 60 * 1000;

/// How long a revoked device stays listed.
const REVOKED_SHOWN_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Everything about a desk but its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskRecord {
    /// Which log this is; random, hex.
    pub log_id: String,
    /// Rises whenever the set of active devices changes: an epoch belongs to one roster.
    pub roster: u64,
    /// The devices in the order in which they were introduced.
    pub devices: Vec<DeviceRecord>,
    /// Codes of pairing links that may still be used.
    pub codes: Vec<CodeRecord>,
    /// The sending lease, once somebody claimed it.
    #[serde(default)]
    pub lease: Option<LeaseRecord>,
}

/// A console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// Its id; never given again.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What its bearer token hashes to.
    pub token: TokenHash,
    /// What epoch keys are wrapped to.
    pub public_key: DevicePublicKey,
    /// How it stands.
    pub state: DeviceState,
    /// When it was introduced, Unix milliseconds UTC.
    pub paired_ms: i64,
    /// When it was revoked; 0 if it was not.
    #[serde(default)]
    pub revoked_ms: i64,
    /// It reads what comes after this.
    pub reads_from: RelaySeq,
}

/// A code of a pairing link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// What the code hashes to.
    pub hash: TokenHash,
    /// Until when it is good, Unix milliseconds UTC.
    pub expires_ms: i64,
    /// True if the relay's operator made it: the console is let in at once. Otherwise a paired console made it and is
    /// asked to approve.
    pub by_operator: bool,
}

/// The sending lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseRecord {
    /// Rises with every change of holder.
    pub term: u64,
    /// Who has it, or gets it once granted.
    pub holder: String,
    /// False while the device before has not let go.
    pub granted: bool,
    /// Who had it before; empty for the first.
    pub previous: String,
}

impl LeaseRecord {
    /// As consoles are told.
    pub fn to_wire(&self) -> Lease {
        Lease { term: self.term, holder: self.holder.clone(), granted: self.granted, previous: self.previous.clone() }
    }
}

/// Why a change to a desk's devices was refused, in words for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Wrong, used, or too old.
    #[error("the code was used already or is older than ten minutes; make a new link")]
    Code,
    /// No such device.
    #[error("there is no such console at this desk; look at the list again")]
    NoDevice,
    /// The device is not in a state for that.
    #[error("the console is not waiting to be let in; look at the list again")]
    NotPending,
    /// Another key than the one whose words were compared.
    #[error("the device's key is not the one that was compared; do not let it in, and make a new link")]
    AnotherKey,
    /// A name that cannot be one.
    #[error("a device's name has 1 to {MAX_DEVICE_NAME_CHARS} characters")]
    Name,
    /// Too many.
    #[error("the desk has {MAX_DEVICES} devices; remove one first")]
    Full,
    /// The last reader would go.
    #[error("this is the desk's only console; without one no webhook can be sealed. Pair another one first")]
    LastDevice,
}

/// A device that introduces itself.
pub struct Introduction<'a> {
    /// The code of its link.
    pub code: &'a str,
    /// What people call it.
    pub name: &'a str,
    /// What its new token hashes to.
    pub token: TokenHash,
    /// Its key.
    pub public_key: DevicePublicKey,
    /// Now.
    pub now_ms: i64,
    /// The log's head.
    pub head: RelaySeq,
}

impl DeskRecord {
    /// The record of a desk that nobody reads yet, with a log id of its own.
    ///
    /// # Errors
    /// No random numbers.
    pub fn fresh() -> Result<Self, getrandom::Error> {
        let mut log_id = [0_u8; 16];
        getrandom::fill(&mut log_id)?;
        Ok(Self { log_id: hex::encode(log_id), roster: 0, devices: Vec::new(), codes: Vec::new(), lease: None })
    }

    /// The log id's bytes.
    pub fn log_id(&self) -> Vec<u8> {
        hex::decode(&self.log_id).unwrap_or_default()
    }

    /// The devices that read.
    pub fn active(&self) -> impl Iterator<Item = &DeviceRecord> {
        self.devices.iter().filter(|device| device.state == DeviceState::Active)
    }

    /// A device by its id.
    pub fn device(&self, id: &str) -> Option<&DeviceRecord> {
        self.devices.iter().find(|device| device.id == id)
    }

    /// Whose token this is. Every device is compared, whichever matches, so that the time says nothing about the list.
    pub fn bearer(&self, token: &str) -> Option<&DeviceRecord> {
        let hash = TokenHash::of(token);
        self.devices.iter().fold(None, |found, device| if device.token.is(&hash) { Some(device) } else { found })
    }

    /// Keeps a code for a link.
    ///
    /// # Errors
    /// [`Refused::Full`].
    pub fn add_code(&mut self, code: &str, by_operator: bool, now_ms: i64) -> Result<i64, Refused> {
        self.codes.retain(|code| code.expires_ms > now_ms);
        if self.codes.len() >= MAX_CODES {
            return Err(Refused::Full);
        }
        let lifetime_ms = i64::try_from(CODE_LIFETIME.as_millis()).unwrap_or_default();
        let expires_ms = now_ms.saturating_add(lifetime_ms);
        self.codes.push(CodeRecord { hash: TokenHash::of(code), expires_ms, by_operator });
        Ok(expires_ms)
    }

    /// Uses a code up and takes the device in: active if the operator made the code, pending otherwise.
    ///
    /// # Errors
    /// [`Refused`]; a good code is used up only by success.
    pub fn introduce(&mut self, new: &Introduction<'_>) -> Result<DeviceRecord, Refused> {
        let lifetime_ms = i64::try_from(CODE_LIFETIME.as_millis()).unwrap_or_default();
        // A clock that was set back must not make codes good for longer than they were.
        let latest_ms = new.now_ms.saturating_add(lifetime_ms);
        self.codes.retain(|code| code.expires_ms > new.now_ms && code.expires_ms <= latest_ms);
        let hash = TokenHash::of(new.code);
        let found = self.codes.iter().position(|code| code.hash.is(&hash)).ok_or(Refused::Code)?;
        check_name(new.name)?;
        self.forget_long_revoked(new.now_ms);
        if self.devices.iter().filter(|device| device.state != DeviceState::Revoked).count() >= MAX_DEVICES {
            return Err(Refused::Full);
        }
        let by_operator = self.codes.remove(found).by_operator;
        let number = self.devices.iter().filter_map(|d| d.id.strip_prefix("console-")?.parse::<u64>().ok()).max();
        let device = DeviceRecord {
            id: format!("console-{}", number.unwrap_or_default().saturating_add(1)),
            name: new.name.trim().to_owned(),
            token: new.token,
            public_key: new.public_key,
            state: if by_operator { DeviceState::Active } else { DeviceState::Pending },
            paired_ms: new.now_ms,
            revoked_ms: 0,
            reads_from: new.head,
        };
        if by_operator {
            self.roster = self.roster.saturating_add(1);
        }
        self.devices.push(device.clone());
        Ok(device)
    }

    /// Lets a pending device in; it reads what comes after `head`.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn approve(&mut self, id: &str, key: &DevicePublicKey, head: RelaySeq) -> Result<(), Refused> {
        let device = self.devices.iter_mut().find(|device| device.id == id).ok_or(Refused::NoDevice)?;
        match device.state {
            DeviceState::Active => return Ok(()),
            DeviceState::Revoked => return Err(Refused::NotPending),
            DeviceState::Pending => {}
        }
        if device.public_key != *key {
            return Err(Refused::AnotherKey);
        }
        device.state = DeviceState::Active;
        device.reads_from = head;
        self.roster = self.roster.saturating_add(1);
        Ok(())
    }

    /// Removes a device: it reads nothing that comes after. Removing it again changes nothing. Its lease is free.
    ///
    /// # Errors
    /// [`Refused::NoDevice`]; [`Refused::LastDevice`] unless `even_last`.
    pub fn revoke(&mut self, id: &str, now_ms: i64, even_last: bool) -> Result<(), Refused> {
        let others_read = self.active().any(|device| device.id != id);
        let device = self.devices.iter_mut().find(|device| device.id == id).ok_or(Refused::NoDevice)?;
        match device.state {
            DeviceState::Revoked => return Ok(()),
            DeviceState::Active if !others_read && !even_last => return Err(Refused::LastDevice),
            DeviceState::Active => self.roster = self.roster.saturating_add(1),
            DeviceState::Pending => {}
        }
        device.state = DeviceState::Revoked;
        device.revoked_ms = now_ms;
        Ok(())
    }

    /// Gives a device another name.
    ///
    /// # Errors
    /// [`Refused::NoDevice`], [`Refused::Name`].
    pub fn rename(&mut self, id: &str, name: &str) -> Result<(), Refused> {
        check_name(name)?;
        let device = self.devices.iter_mut().find(|device| device.id == id).ok_or(Refused::NoDevice)?;
        device.name = name.trim().to_owned();
        Ok(())
    }

    /// What becomes of the lease by a device's wish. `away_ms` says how long a device has not been connected. True if
    /// the lease changed.
    pub fn wish(&mut self, device: &str, wish: LeaseWish, term: u64, away_ms: impl Fn(&str) -> i64) -> bool {
        let is_gone =
            |id: &str| self.device(id).is_none_or(|d| d.state != DeviceState::Active) || away_ms(id) >= LEASE_GRACE_MS;
        let next = match (&self.lease, wish) {
            (None, LeaseWish::Claim | LeaseWish::TakeOver) => {
                LeaseRecord { term: 1, holder: device.to_owned(), granted: true, previous: String::new() }
            }
            // Promised to us, and whoever had it is gone.
            (Some(lease), LeaseWish::Claim | LeaseWish::TakeOver)
                if lease.holder == device && !lease.granted && is_gone(&lease.previous) =>
            {
                LeaseRecord { granted: true, ..lease.clone() }
            }
            // Whoever has it was removed: nobody sends until somebody claims.
            (Some(lease), LeaseWish::Claim)
                if lease.holder != device
                    && self.device(&lease.holder).is_none_or(|d| d.state == DeviceState::Revoked) =>
            {
                self.after(lease, device, lease.holder.clone(), true)
            }
            (Some(lease), LeaseWish::TakeOver) if lease.holder != device => {
                // Of a promise that was not kept yet, the one who really sends is still the one before.
                let sends = if lease.granted { lease.holder.clone() } else { lease.previous.clone() };
                let granted = sends == device || is_gone(&sends);
                self.after(lease, device, sends, granted)
            }
            (Some(lease), LeaseWish::LetGo) if lease.term == term && !lease.granted && lease.previous == device => {
                LeaseRecord { granted: true, ..lease.clone() }
            }
            _ => return false,
        };
        self.lease = Some(next);
        true
    }

    fn after(&self, lease: &LeaseRecord, holder: &str, previous: String, granted: bool) -> LeaseRecord {
        LeaseRecord { term: lease.term.saturating_add(1), holder: holder.to_owned(), granted, previous }
    }

    fn forget_long_revoked(&mut self, now_ms: i64) {
        let highest = self.devices.last().map(|device| device.id.clone());
        // The newest stays whatever it is, so that its number is never given again.
        self.devices.retain(|device| {
            device.state != DeviceState::Revoked
                || Some(&device.id) == highest.as_ref()
                || now_ms.saturating_sub(device.revoked_ms) < REVOKED_SHOWN_MS
        });
    }
}

fn check_name(name: &str) -> Result<(), Refused> {
    let name = name.trim();
    let fits = (1..=MAX_DEVICE_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(Refused::Name) }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
