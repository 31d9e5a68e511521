//! People made at run time. Nothing is ever sent to them: the practice account takes every message.

use std::io::Write;
use std::path::Path;

use anyhow::Context;

const AREA_CODES: &[u32] = &[
    204, 226, 236, 249, 250, 289, 306, 343, 365, 403, 418, 431, 437, 438, 450, 506, 514, 519, 548, 579, 581, 587, 604,
    613, 639, 647, 705, 709, 778, 780, 782, 807, 819, 825, 867, 873, 902, 905,
];

/// The number of the `index`-th person: Canadian, valid, each different.
pub fn phone(index: usize) -> String {
    let area = AREA_CODES.get(index % AREA_CODES.len()).copied().unwrap_or(416);
    let rest = index / AREA_CODES.len();
    // Exchanges from 620 on hold none of the services of the form N11 before 711, far beyond what is asked for.
    format!("+1{area}{:03}{:04}", 620 + rest / 10_000, rest % 10_000)
}

/// Header of the list.
pub const HEADER: &str = "phone,first_name,last_name,consent,consent_at,consent_source,consent_wording\n";
/// What everybody agreed to.
pub const WORDING: &str = "Yes, send me news and offers on WhatsApp.";
/// When.
pub const CONSENT_AT: &str = "2026-05-03T10:00:00-04:00";

/// Writes an opt-in list of `people`, each with a dated consent and its wording.
pub fn write_list(path: &Path, people: usize) -> anyhow::Result<()> {
    let file = std::fs::File::create(path).context("creating the list")?;
    let mut out = std::io::BufWriter::new(file);
    out.write_all(HEADER.as_bytes()).context("writing the list")?;
    for i in 0..people {
        writeln!(out, "{},First{i},Last{i},yes,{CONSENT_AT},web form,\"{WORDING}\"", phone(i))
            .context("writing the list")?;
    }
    out.flush().context("writing the list")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use switchboard_domain::phone::PhoneNumber;

    use super::phone;

    #[test]
    fn every_person_has_a_valid_canadian_number_of_their_own() {
        let numbers: HashSet<String> = (0..100_000).map(phone).collect();
        assert_eq!(numbers.len(), 100_000);
        for number in numbers.iter().take(2_000) {
            assert!(PhoneNumber::parse_in(number, None).is_ok(), "{number}");
        }
    }
}
