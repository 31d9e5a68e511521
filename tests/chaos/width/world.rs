//! Who lives in a run: people with one or two entries, an account, a template, campaigns.

use switchboard_bridge::dto::{
    Audience, AudienceKind, CampaignDraft, CampaignLaunch, CampaignRules, ValueSource, VariableValue,
};
use switchboard_domain::consent::{EventKind, Purposes, Via};
use switchboard_domain::ids::{Bsuid, CampaignId, ContactId, PhoneNumberId, TemplateId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::send::{MessageKind, SendContent};
use switchboard_engine::sender::{Single, enqueue_single};
use switchboard_engine::{Console, campaigns, settings};
use switchboard_store::tables::consent_events::{self, NewEvent};
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::{number_limits, people};
use switchboard_store::{Priority, StoreError};
use switchboard_testkit::numbers;

use super::plan::Plan;
use super::webhooks::{NUMBER, NUMBERS};

pub const TEMPLATE: &str = "594425479261596";

/// A person. The second address, where there is one, is an entry of its own until a webhook links them.
#[derive(Clone, Debug)]
pub struct Human {
    /// Digits without plus.
    pub wa_id: String,
    pub bsuid: String,
    /// By number, and by user id for a person with two entries.
    pub entries: Vec<ContactId>,
    /// Has a Kenyan number, others a Canadian one.
    pub is_kenyan: bool,
    /// When it was stored that both are one.
    pub linked_at_tick: Option<u64>,
}

impl Human {
    /// Which entry an address belongs to.
    pub fn entry_of(&self, address: &str) -> Option<usize> {
        if address == self.wa_id {
            Some(0)
        } else if address == self.bsuid {
            Some(self.entries.len() - 1)
        } else {
            None
        }
    }
}

/// Writes account, template, relay and people. One in nine people has opted out before, one in eleven never opted in.
pub async fn furnish(console: &Console, plan: &Plan) -> Vec<Human> {
    let mut operator = settings::defaults();
    operator.max_send_rate = plan.rate;
    plan.rules.set(&mut operator);
    settings::save(console.store(), operator).await.unwrap();
    let ledger = LedgerKey::new(*console.keys().ledger());
    let category = if plan.marketing { "marketing" } else { "utility" };
    let tier = plan.tier.map_or("TIER_UNLIMITED".to_owned(), |n| format!("TIER_{n}"));
    let (people, twins, of_number) = (plan.people, plan.twins, plan.rules.of_number());
    let ours = &NUMBERS[..plan.numbers];
    console
        .store()
        .write(Priority::Claim, move |tx| {
            tx.execute(
                "INSERT INTO account (id, waba_id, graph_url, graph_version, default_phone_number_id, currency, connected_at_ms, updated_at_ms) \
                 VALUES (1, '200', 'http://127.0.0.1:9', 'v26.0', ?1, 'USD', 0, 0)",
                [NUMBER],
            )?;
            for number in ours {
                tx.execute(
                    "INSERT INTO phone_numbers (phone_number_id, waba_id, display_phone_number, status, messaging_limit, updated_at_ms) \
                     VALUES (?1, '200', '+1 416 555 0100', 'CONNECTED', ?2, 0)",
                    [number, tier.as_str()],
                )?;
            }
            number_limits::put(tx, &PhoneNumberId::new(NUMBER), &of_number)?;
            tx.execute(
                "INSERT INTO templates (template_id, waba_id, name, language, category, status, components, updated_at_ms, seen_at_ms) \
                 VALUES (?1, '200', 'offer', 'en_US', ?2, 'APPROVED', ?3, 0, 0)",
                (TEMPLATE, category, r#"[{"type":"BODY","text":"Hello {{1}}, new tea is here."}]"#),
            )?;
            tx.execute("INSERT INTO relay (id, url, desk, device) VALUES (1, 'ws://127.0.0.1:1', 'd', 'till')", [])?;
            let mut humans = Vec::new();
            for (i, mut number) in numbers(people).into_iter().enumerate() {
                let is_kenyan = i % 4 == 3;
                if is_kenyan {
                    number = format!("+254712345{i:03}");
                }
                let phone = PhoneNumber::from_stored(number.clone());
                let bsuid = format!("{}.{i:020}", if is_kenyan { "KE" } else { "CA" });
                let mut keys = vec![PersonKeys::of_phone(phone)];
                if i < twins {
                    keys.push(PersonKeys { bsuid: Some(Bsuid::new(bsuid.clone())), ..PersonKeys::default() });
                }
                let mut entries = Vec::new();
                for keys in keys {
                    let names = Names { full: format!("Person {i}"), ..Names::default() };
                    let who = people::resolve_in(tx, &ledger, &keys, &names)?.contact_id;
                    let now = tx.now();
                    if i % 11 != 10 {
                        let purposes = if category == "marketing" { Purposes::MARKETING } else { Purposes::GENERAL };
                        let opt_in = NewEvent { purposes, ..NewEvent::now(who, EventKind::OptIn, Via::Operator, now) };
                        consent_events::append(tx, &ledger, &opt_in)?;
                    }
                    if i % 9 == 8 {
                        let out = NewEvent::now(who, EventKind::OptOut, Via::Chat, now);
                        consent_events::append(tx, &ledger, &out)?;
                    }
                    entries.push(who);
                }
                let wa_id = number.trim_start_matches('+').to_owned();
                humans.push(Human { wa_id, bsuid, entries, is_kenyan, linked_at_tick: None });
            }
            Ok::<_, StoreError>(humans)
        })
        .await
        .unwrap()
}

/// Drafts and launches a campaign to everybody; refused with its sentence where the rules forbid it now.
pub async fn launch(console: &Console, key: &str, number: &str, rules: CampaignRules) -> Result<CampaignId, String> {
    let draft = CampaignDraft {
        id: None,
        name: format!("Tea {key}"),
        template_id: Some(TEMPLATE.to_owned()),
        phone_number_id: Some(number.to_owned()),
        audience: Audience { kind: AudienceKind::Everybody, import_ids: vec![], contact_ids: vec![], filter: None },
        values: vec![VariableValue {
            key: "body.1".to_owned(),
            source: ValueSource::FirstName,
            value: String::new(),
            fallback: Some("there".to_owned()),
            format: None,
        }],
        rules,
    };
    let detail = campaigns::save(console, draft).await.map_err(|e| e.message)?;
    let id = CampaignId::parse(&detail.row.id).unwrap();
    let review = campaigns::review(console, id).await.map_err(|e| e.message)?;
    let launch = CampaignLaunch {
        id: id.to_string(),
        typed_number: Some(review.will_receive),
        template_hash: None,
        idempotency_key: key.to_owned(),
    };
    // Pressed twice: it launches once.
    campaigns::launch(console, launch.clone()).await.map_err(|e| e.message)?;
    campaigns::launch(console, launch).await.map_err(|e| e.message)?;
    Ok(id)
}

/// People that a campaign to everybody is owed to.
pub async fn audience(console: &Console) -> i64 {
    console
        .store()
        .read(|c| {
            let sql = "SELECT COUNT(*) FROM contacts WHERE merged_into IS NULL AND erased_at_ms IS NULL";
            Ok::<_, StoreError>(c.query_row(sql, [], |r| r.get(0))?)
        })
        .await
        .unwrap()
}

/// Writes a message to one person to the outbox: the template, or a reply.
pub async fn single(console: &Console, contact: ContactId, kind: MessageKind, key: String) -> Result<(), StoreError> {
    let mut content = SendContent::default();
    let template_id = match kind {
        MessageKind::Template => {
            content.values.insert("body.1".to_owned(), "you".to_owned());
            Some(TemplateId::new(TEMPLATE))
        }
        _ => {
            content.text = Some("Yes, it is.".to_owned());
            None
        }
    };
    let single = Single {
        contact_id: contact,
        phone_number_id: PhoneNumberId::new(NUMBER),
        kind,
        template_id,
        content,
        idempotency_key: key,
    };
    console.store().write(Priority::Claim, move |tx| enqueue_single(tx, &single).map(drop)).await
}
