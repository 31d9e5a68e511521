//! One module per table: its row, its reads on a [`crate::Connection`], its writes on a [`crate::WriteTx`].

pub mod account;
pub mod account_events;
pub mod account_stops;
pub mod attempts;
pub mod campaign_rules;
pub mod campaigns;
pub mod changes;
pub mod checklist;
pub mod consent_events;
pub mod consent_gate;
pub mod consent_state;
pub mod contacts;
pub mod early_statuses;
pub mod figures;
pub mod fresh_people;
pub mod identifiers;
pub mod imports;
pub mod ledger_chain;
pub mod media_files;
pub mod message_audits;
pub mod messages;
pub mod meta;
pub mod number_limits;
pub mod outbox;
pub mod people;
pub mod phone_numbers;
pub mod rate_cards;
pub mod raw_events;
pub mod reachability;
pub mod reactions;
pub mod relay;
pub mod relay_notes;
pub mod sender_state;
pub mod settings;
pub mod spend;
pub mod suppression;
pub mod tasks;
pub mod templates;
pub mod threads;
pub mod unknown;
pub mod wordings;

#[cfg(test)]
pub(crate) mod test_support;
