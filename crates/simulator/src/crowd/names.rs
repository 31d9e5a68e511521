//! Made-up people of the practice account. Names are joined from everyday lists at run time; a
//! number always belongs to the same person, in the sample list and in the crowd alike.

use super::draw::Draw;

pub(crate) const FIRST: &[&str] = &[
    "Amélie", "Noah", "Priya", "Liam", "Chloé", "Mateo", "Aisha", "Oliver", "Mei", "Étienne", "Sofia", "Jacob",
    "Nadia", "Lucas", "Fatima", "Owen", "Zoë", "Hassan", "Emma", "Thomas", "Leila", "Gabriel", "Ingrid", "Daniel",
    "Yuki", "Benoît", "Hannah", "Rafael", "Grace", "Andrei", "Maya", "Simon", "Olivia", "Kwame", "Rosalie", "Victor",
    "Anjali", "Henri", "Clara", "Tariq", "Julie", "Felix", "Naomi", "Marc", "Isla", "Pedro", "Elena", "Samuel",
    "Camille", "Jonah",
];

pub(crate) const LAST: &[&str] = &[
    "Tremblay",
    "Nguyen",
    "Singh",
    "MacLeod",
    "Gagnon",
    "Chen",
    "Okafor",
    "Roy",
    "Kowalski",
    "Bouchard",
    "Patel",
    "Campbell",
    "Haddad",
    "Côté",
    "Fraser",
    "Ibrahim",
    "Lavoie",
    "Kim",
    "Morin",
    "Silva",
    "Fortin",
    "Wong",
    "Gauthier",
    "Murray",
    "Pelletier",
    "Sharma",
    "Bélanger",
    "Reid",
    "Diallo",
    "Lévesque",
    "Ivanov",
    "Bergeron",
    "Khan",
    "Sato",
    "Leblanc",
    "Grant",
    "Martel",
    "Garcia",
    "Poirier",
    "Wilson",
];

/// The profile name behind a number.
pub(crate) fn for_phone(wa_id: &str) -> String {
    let (first, last) = parts(wa_id);
    format!("{first} {last}")
}

/// First and last name behind a number.
pub(crate) fn parts(wa_id: &str) -> (&'static str, &'static str) {
    let mut draw = Draw::new(0, "name", wa_id, 0);
    (draw.pick(FIRST).unwrap_or("Robin"), draw.pick(LAST).unwrap_or("Prova"))
}

/// A username in the platform's format: lower-case letters, digits, dots (messages.md §3).
pub(crate) fn username(name: &str, draw: &mut Draw) -> String {
    let mut plain: String = name.to_lowercase().chars().filter_map(ascii).collect();
    plain.push_str(&format!("{:02}", draw.between(1, 99)));
    plain
}

fn ascii(c: char) -> Option<char> {
    match c {
        'a'..='z' => Some(c),
        ' ' => Some('.'),
        'é' | 'è' | 'ë' | 'ê' => Some('e'),
        'ô' | 'ö' => Some('o'),
        'î' | 'ï' => Some('i'),
        _ => None,
    }
}
