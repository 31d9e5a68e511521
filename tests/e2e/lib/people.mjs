// Lists of people, made at run time. Every number is one of those that are reserved for fiction: 555-01xx of a
// Canadian area code.
const AREA_CODES = [
  204, 226, 236, 249, 250, 289, 306, 343, 365, 403, 416, 418, 431, 437, 438, 450, 506, 514, 519, 548, 579, 581, 587,
  604, 613, 639, 647, 705, 709, 778, 780, 782, 807, 819, 825, 867, 873, 902, 905,
];
const FIRST = ["Amélie", "Noah", "Priya", "Óscar", "Mei", "Kofi", "Zoë", "Tariq", "Chloé", "Liam", "Ingrid", "Anh"];
const LAST = ["Fraser", "Nguyễn", "Tremblay", "O’Brien", "Haddad", "Singh", "Lefèvre", "Kowalski", "Wong", "Mensah"];
const HEADER = "phone,first_name,last_name,city,consent_at,consent_source,consent_wording,status";
const WORDING = "Yes, Tide & Timber may send me news and offers on WhatsApp. I can stop at any time.";

/** Number of the `at`-th person; the shop's own is left out. */
export function phoneOf(at) {
  const area = AREA_CODES[at % AREA_CODES.length];
  // 100 numbers of each area code, the first of which is the shop's in Toronto.
  const line = 101 + Math.floor(at / AREA_CODES.length);
  if (line > 199) throw new Error(`there are fewer than ${at} numbers for fiction`);
  return `+1${area}5550${line}`;
}

export const nameOf = (at) => ({ first: FIRST[at % FIRST.length], last: `${LAST[at % LAST.length]} ${at}` });

const quoted = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function row(at, changes = {}) {
  const { first, last } = nameOf(at);
  const day = String(1 + (at % 28)).padStart(2, "0");
  const cells = {
    phone: phoneOf(at),
    first,
    last,
    city: "Toronto",
    consent_at: `2026-09-${day}T10:30:00Z`,
    source: "checkout",
    wording: WORDING,
    status: "subscribed",
    ...changes,
  };
  return Object.values(cells).map(quoted).join(",");
}

/**
 * A list of `size` rows as a shop would export it. With `troubles`, some prove nothing, some opted out, some cannot be
 * read and some come twice; `expected` counts them.
 */
export function list(size, { troubles = true } = {}) {
  const rows = [];
  const expected = { rows: size, good: 0, unproven: 0, optedOut: 0, unreadable: 0, duplicates: 0 };
  for (let at = 0; at < size; at += 1) {
    const kind = troubles ? at % 50 : -1;
    if (kind === 11) {
      rows.push(row(at, { consent_at: "", source: "", wording: "" }));
      expected.unproven += 1;
    } else if (kind === 23) {
      rows.push(row(at, { status: "unsubscribed" }));
      expected.optedOut += 1;
    } else if (kind === 37) {
      rows.push(row(at, { phone: "not given" }));
      expected.unreadable += 1;
    } else if (kind === 41) {
      rows.push(row(at - 1));
      expected.duplicates += 1;
    } else {
      rows.push(row(at));
      expected.good += 1;
    }
  }
  return { csv: `${[HEADER, ...rows].join("\r\n")}\r\n`, expected };
}
