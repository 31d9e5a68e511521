//! What a template says, as one short word that changes when it does: the launch compares it with what was reviewed,
//! the claim with what was launched.

use serde_json::Value;
use sha2::{Digest, Sha256};
use switchboard_store::tables::templates::TemplateRow;

/// Characters of a fingerprint: 64 bits are plenty for "is it still the same?".
const CHARS: usize = 16;

/// The fingerprint of a stored template: category, way of counting variables, and components without their samples,
/// for a sample of a picture is an address that is another one at every reading (templates.md §2).
pub fn fingerprint(row: &TemplateRow) -> String {
    let mut components: Value = serde_json::from_str(&row.components).unwrap_or(Value::Null);
    forget_samples(&mut components);
    let mut hash = Sha256::new();
    for part in [row.category.to_ascii_lowercase(), row.parameter_format.to_ascii_uppercase(), canonical(&components)] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(hash.finalize()).chars().take(CHARS).collect()
}

fn forget_samples(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget_samples),
        Value::Object(map) => {
            map.remove("example");
            map.values_mut().for_each(forget_samples);
        }
        _ => {}
    }
}

/// The same text whatever the order in which Meta wrote the keys.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.iter().collect();
            pairs.sort_by(|a, b| a.0.cmp(b.0));
            let pairs: Vec<String> =
                pairs.into_iter().map(|(k, v)| format!("{}:{}", Value::from(k.as_str()), canonical(v))).collect();
            format!("{{{}}}", pairs.join(","))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchboard_domain::ids::{TemplateId, WabaId};
    use switchboard_domain::time::UnixMillis;

    fn row(components: &str) -> TemplateRow {
        TemplateRow {
            template_id: TemplateId::new("1"),
            waba_id: WabaId::new("2"),
            name: "offer".to_owned(),
            language: "en_US".to_owned(),
            category: "marketing".to_owned(),
            correct_category: None,
            status: "APPROVED".to_owned(),
            quality: None,
            rejected_reason: None,
            parameter_format: "POSITIONAL".to_owned(),
            components: components.to_owned(),
            updated_at: UnixMillis::default(),
            seen_at: UnixMillis::default(),
            removed_at: None,
        }
    }

    #[test]
    fn another_sample_or_order_of_keys_is_the_same_template_and_another_word_is_not() {
        let one = row(r#"[{"type":"BODY","text":"Hi {{1}}","example":{"body_text":[["Ana"]]}}]"#);
        let same = row(r#"[{"text":"Hi {{1}}","type":"BODY","example":{"body_text":[["Bo"]]}}]"#);
        let other = row(r#"[{"type":"BODY","text":"Hi {{1}}!"}]"#);
        assert_eq!(fingerprint(&one), fingerprint(&same));
        assert_ne!(fingerprint(&one), fingerprint(&other));
        assert_ne!(fingerprint(&one), fingerprint(&TemplateRow { category: "utility".to_owned(), ..one.clone() }));
    }
}
