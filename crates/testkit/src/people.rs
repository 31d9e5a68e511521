//! People made at run time: Canadian area codes with 555-01xx, which belong to nobody.

const AREA_CODES: &[u16] = &[
    204, 226, 236, 249, 250, 289, 306, 343, 365, 403, 418, 431, 437, 438, 450, 506, 514, 519, 548, 579, 581, 587, 604,
    613, 639, 647, 705, 709, 778, 780, 782, 807, 819, 825, 867, 873, 902, 905,
];

/// The first `count` numbers, at most 3,800, each different.
pub fn numbers(count: usize) -> Vec<String> {
    (0..count)
        .map(|i| format!("+1{}55501{:02}", AREA_CODES[i % AREA_CODES.len()], (i / AREA_CODES.len()) % 100))
        .collect()
}

/// An opt-in list for them, each with a dated consent and its wording.
pub fn opt_in_list(numbers: &[String]) -> String {
    let mut csv = String::from("phone,first_name,last_name,consent,consent_at,consent_source,consent_wording\n");
    for (i, number) in numbers.iter().enumerate() {
        csv.push_str(&format!(
            "{number},First{i},Last{i},yes,2026-05-03T10:00:00-04:00,web form,\"Yes, send me news and offers on WhatsApp.\"\n"
        ));
    }
    csv
}
