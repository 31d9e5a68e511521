//! The sample opt-in list: made up at run time, with the mistakes real lists have.

use crate::crowd::draw::Draw;
use crate::crowd::names;

/// Area codes with a city in them.
const AREAS: &[(&str, &str)] = &[
    ("416", "Toronto"),
    ("647", "Toronto"),
    ("604", "Vancouver"),
    ("778", "Vancouver"),
    ("514", "Montréal"),
    ("438", "Montréal"),
    ("418", "Québec"),
    ("613", "Ottawa"),
    ("403", "Calgary"),
    ("780", "Edmonton"),
    ("204", "Winnipeg"),
    ("306", "Regina"),
    ("902", "Halifax"),
    ("506", "Moncton"),
    ("709", "St. John's"),
    ("250", "Victoria"),
];
const WORDING: &str = "Yes, Tide & Timber may send me news and offers on WhatsApp. I can stop at any time.";

/// A list of about 200 Canadian customers as a shop would export it: `phone, first_name,
/// last_name, city, consent_at, consent_source, consent_wording, status`. A few rows lack consent, are
/// duplicates, have a phone that cannot be read, look like a landline's, or opted out.
///
/// The same people every time, so that guides and tests can name them.
pub fn sample_list_csv() -> String {
    let mut draw = Draw::new(0, "sample", "list", 0);
    let mut out = String::from("phone,first_name,last_name,city,consent_at,consent_source,consent_wording,status\r\n");
    for at in 0..190_usize {
        let (area, city) = AREAS.get(at % AREAS.len()).copied().unwrap_or(("416", "Toronto"));
        // 555-0100 in Toronto is the shop itself; one hundred numbers of each area are reserved for fiction.
        let line = 101 + at / AREAS.len() * 4;
        let digits = format!("1{area}5550{line:03}");
        let (first, last) = names::parts(&digits);
        let phone = match at % 7 {
            0 => format!("({area}) 555-0{line:03}"),
            1 => format!("+1 {area} 555 0{line:03}"),
            2 => format!("{area}-555-0{line:03}"),
            _ => format!("+{digits}"),
        };
        let (when, source) = consent(&mut draw);
        row(&mut out, &[&phone, first, last, city, &when, source, WORDING, "subscribed"]);
    }
    troubled(&mut out, &mut draw);
    out
}

fn consent(draw: &mut Draw) -> (String, &'static str) {
    let when = format!(
        "2026-{:02}-{:02}T{:02}:{:02}:00Z",
        draw.between(1, 10),
        draw.between(1, 28),
        draw.between(9, 20),
        draw.between(0, 59)
    );
    (when, draw.pick(&["checkout", "newsletter form", "in store", "spring market"]).unwrap_or("checkout"))
}

fn troubled(out: &mut String, draw: &mut Draw) {
    let (when, source) = consent(draw);
    row(out, &["+1 416 555 0101", "Duplicate", "Row", "Toronto", &when, source, WORDING, "subscribed"]);
    row(out, &["(604) 555-0105", "Same", "Number", "Vancouver", &when, source, WORDING, "subscribed"]);
    row(out, &["+1 514 555 0197", "Nadia", "Haddad", "Montréal", "", "", "", "subscribed"]);
    row(out, &["+1 613 555 0198", "Simon", "Reid", "Ottawa", "", "business card", "", ""]);
    row(out, &["+1 902 555 0199", "Isla", "Fraser", "Halifax", &when, source, WORDING, "unsubscribed"]);
    row(out, &["+1 403 555 0196", "Victor", "Morin", "Calgary", &when, source, WORDING, "unsubscribed"]);
    row(out, &["4.165550123E+09", "Clara", "Wong", "Toronto", &when, source, WORDING, "subscribed"]);
    row(out, &["not given", "Tariq", "Khan", "Toronto", &when, source, WORDING, "subscribed"]);
    row(out, &["", "Julie", "Lavoie", "Québec", &when, source, WORDING, "subscribed"]);
    row(out, &["+1 416 555 0190 ext 12", "Front", "Desk", "Toronto", &when, source, WORDING, "subscribed"]);
}

fn row(out: &mut String, cells: &[&str]) {
    let line: Vec<String> = cells
        .iter()
        .map(|cell| {
            if cell.contains([',', '"', '\n']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                (*cell).to_owned()
            }
        })
        .collect();
    out.push_str(&line.join(","));
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_two_hundred_rows_and_the_same_people_every_time() {
        let list = sample_list_csv();
        assert_eq!(list.lines().count(), 201);
        assert_eq!(list, sample_list_csv());
        assert!(!list.contains("5550100"), "the shop's own number is not on its list");
    }
}
