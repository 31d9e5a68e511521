//! A filter as SQL over `contacts c`: every value is bound, none is written into the text.
//!
//! Each condition has two forms with one meaning. *Probe* asks for the one person at hand by the key of a table: right
//! where people are gone through in order, a page at a time. *Set* names all people of the condition: right for a count,
//! where a small set leads and the people are looked up.

use rusqlite::types::Value;
use switchboard_domain::audience::{
    CampaignPart, Condition, Filter, Group, Item, Join, ValueTest, day_of, number_of, tag_key, value_key,
};
use switchboard_domain::time::UnixMillis;

use crate::columns::IdColumn;

/// How conditions are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For the person at hand.
    Probe,
    /// For all people at once.
    Set,
}

/// A filter ready to stand behind `WHERE`.
#[derive(Debug)]
pub struct Compiled {
    /// The expression.
    pub sql: String,
    /// What its parameters bind, in order.
    pub bind: Vec<Value>,
}

/// Compiles a filter. Its parameters are numbered from `first`.
pub fn compile(filter: &Filter, now: UnixMillis, form: Form, first: usize) -> Compiled {
    let mut out = Compiler { form, now, first, bind: Vec::new() };
    let sql = if filter.group.says_something() { out.group(&filter.group) } else { "0".to_owned() };
    Compiled { sql, bind: out.bind }
}

struct Compiler {
    form: Form,
    now: UnixMillis,
    first: usize,
    bind: Vec<Value>,
}

/// Outbox rows that may have left although no answer is known.
const ON_THEIR_WAY: &str = "('claimed', 'sending', 'unknown', 'held')";

impl Compiler {
    fn mark(&mut self, value: impl Into<Value>) -> String {
        self.bind.push(value.into());
        format!("?{}", self.first + self.bind.len() - 1)
    }

    fn marks<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> String {
        let marks: Vec<String> = values.into_iter().map(|v| self.mark(v)).collect();
        marks.join(", ")
    }

    fn group(&mut self, group: &Group) -> String {
        let parts: Vec<String> = group.items.iter().filter(|i| i.says_something()).map(|i| self.item(i)).collect();
        let join = match group.join {
            Join::All => " AND ",
            Join::Any => " OR ",
        };
        format!("({})", parts.join(join))
    }

    fn item(&mut self, item: &Item) -> String {
        let sql = self.condition(&item.test);
        if item.not { format!("NOT {sql}") } else { sql }
    }

    /// People of a table whose rows `x` meet a condition.
    fn among(&self, table: &str, condition: &str) -> String {
        match self.form {
            Form::Probe => {
                format!("EXISTS (SELECT 1 FROM {table} x WHERE x.contact_id = c.contact_id AND {condition})")
            }
            Form::Set => format!("c.contact_id IN (SELECT x.contact_id FROM {table} x WHERE {condition})"),
        }
    }

    fn since(&mut self, within_days: Option<u32>) -> String {
        let since = within_days
            .map_or(i64::MIN, |days| self.now.as_ms().saturating_sub(i64::from(days).saturating_mul(86_400_000)));
        self.mark(since)
    }

    fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::Group { group } => self.group(group),
            Condition::Tag { tags } => {
                let keys = self.marks(tags.iter().map(|t| tag_key(t)));
                self.among("contact_tags", &format!("x.tag_key IN ({keys})"))
            }
            Condition::Attribute { name, value } => {
                let name = self.mark(name.clone());
                let test = self.value(value);
                self.among("contact_values", &format!("x.name = {name}{test}"))
            }
            Condition::Consent { any_of } => {
                let words = self.marks(any_of.iter().map(|w| w.as_str().to_owned()));
                format!("c.consent IN ({words})")
            }
            Condition::Import { import_ids } => {
                let ids = self.marks(import_ids.iter().map(|i| i.bytes().to_vec()));
                self.among("import_contacts", &format!("x.import_id IN ({ids})"))
            }
            Condition::List { list_id } => {
                let id = self.mark(list_id.bytes().to_vec());
                self.among("audience_list_members", &format!("x.list_id = {id}"))
            }
            Condition::People { contact_ids } => {
                let ids = self.marks(contact_ids.iter().map(|i| i.bytes().to_vec()));
                format!(
                    "c.contact_id IN (SELECT COALESCE(p.merged_into, p.contact_id) FROM contacts p \
                     WHERE p.contact_id IN ({ids}))"
                )
            }
            Condition::Campaign { campaign_id, part } => {
                let id = self.mark(campaign_id.bytes().to_vec());
                self.among("outbox", &format!("x.campaign_id = {id}{}", campaign_part(*part)))
            }
            Condition::Contacted { within_days } => self.contacted(*within_days),
            Condition::Wrote { within_days } => {
                let since = self.since(*within_days);
                self.among("threads", &format!("x.last_inbound_at_ms > {since}"))
            }
            Condition::Added { within_days } => {
                let since = self.since(Some(*within_days));
                format!("c.created_at_ms > {since}")
            }
        }
    }

    fn contacted(&mut self, within_days: Option<u32>) -> String {
        let since = self.since(within_days);
        match self.form {
            Form::Probe => self.among(
                "outbox",
                &format!("(x.accepted_at_ms > {since} OR (x.state IN {ON_THEIR_WAY} AND x.updated_at_ms > {since}))"),
            ),
            Form::Set => format!(
                "c.contact_id IN (SELECT x.contact_id FROM outbox x WHERE x.accepted_at_ms > {since} \
                 UNION ALL SELECT x.contact_id FROM outbox x WHERE x.state IN {ON_THEIR_WAY} AND x.updated_at_ms > {since})"
            ),
        }
    }

    fn value(&mut self, test: &ValueTest) -> String {
        match test {
            ValueTest::Present => String::new(),
            ValueTest::Is { values } => {
                let keys = self.marks(values.iter().map(|v| value_key(v)));
                format!(" AND x.value_key IN ({keys})")
            }
            ValueTest::Contains { text } => {
                let key = self.mark(value_key(text));
                format!(" AND instr(x.value_key, {key}) > 0")
            }
            ValueTest::AtLeast { number } => self.compared("number >=", number_of(number).map(Value::Real)),
            ValueTest::AtMost { number } => self.compared("number <=", number_of(number).map(Value::Real)),
            ValueTest::Before { day } => self.compared("day <", day_of(day).map(|d| Value::Integer(i64::from(d)))),
            ValueTest::Since { day } => self.compared("day >=", day_of(day).map(|d| Value::Integer(i64::from(d)))),
        }
    }

    /// What cannot be compared holds for nobody.
    fn compared(&mut self, how: &str, with: Option<Value>) -> String {
        match with {
            Some(value) => {
                let mark = self.mark(value);
                // A value that is no number is NULL; that is "no" also where the condition is turned around.
                format!(" AND x.{how} {mark}")
            }
            None => " AND 0".to_owned(),
        }
    }
}

fn campaign_part(part: CampaignPart) -> &'static str {
    // As `outbox::answered` counts them: Meta's times are whole seconds.
    macro_rules! replied {
        () => {
            "EXISTS (SELECT 1 FROM threads t WHERE t.contact_id = x.contact_id \
             AND t.last_inbound_at_ms >= x.accepted_at_ms - 1000)"
        };
    }
    match part {
        CampaignPart::Included => "",
        CampaignPart::Sent => " AND x.state = 'accepted'",
        CampaignPart::Delivered => " AND x.state = 'accepted' AND x.delivery_rank >= 2",
        CampaignPart::Read => " AND x.state = 'accepted' AND x.delivery_rank >= 3",
        CampaignPart::NotRead => " AND x.state = 'accepted' AND x.delivery_rank = 2",
        CampaignPart::Replied => concat!(" AND ", replied!()),
        CampaignPart::ReadNotReplied => {
            concat!(" AND x.state = 'accepted' AND x.delivery_rank >= 3 AND NOT ", replied!())
        }
        CampaignPart::Failed => " AND x.state = 'refused'",
        CampaignPart::Withheld => " AND x.state = 'withheld'",
        CampaignPart::LeftOut => " AND x.state = 'excluded'",
    }
}
