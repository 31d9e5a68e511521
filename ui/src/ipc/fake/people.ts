/** The people of the fake account: fictional, deterministic, and awkward on purpose (long, accented, right-to-left, nameless). */
import type { ConsentEntry, ConsentVerdict, ContactDetail, ContactRow, MayReceive } from "../ipc";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const NAMED: ReadonlyArray<string | null> = [
  "Amélie Bouchard",
  "Noah Whitefeather",
  "Priya Raghunathan",
  "Óscar Núñez",
  "Marguerite Delacroix-Thibodeau de la Rivière-du-Loup",
  "ليلى الهاشمي",
  "Tomasz Brzęczyszczykiewicz",
  "Mei Lin",
  null,
  "Kofi Mensah",
  "Sadie O’Brien",
  "José Ignacio",
];
const FIRST = [
  "Ada",
  "Ben",
  "Chloé",
  "Dev",
  "Elif",
  "Femi",
  "Grace",
  "Hugo",
  "Imani",
  "Jonas",
  "Kiko",
  "Liv",
  "Mara",
  "Nils",
  "Orla",
  "Pia",
];
const LAST = [
  "Ashdown",
  "Birch",
  "Cedar",
  "Dunes",
  "Elmwood",
  "Fernley",
  "Grove",
  "Heath",
  "Isles",
  "Juniper",
  "Kelp",
  "Lark",
  "Moss",
];
const AREA = ["416", "604", "514", "403", "902", "613", "506", "250"];

/** One person of the fake with all that the pages show. */
export interface FakePerson extends ContactDetail {
  row: ContactRow;
}

/** E.164 of the n-th person, in the range kept for fiction. */
export function fakePhone(index: number): string {
  const area = AREA[Math.floor(index / 100) % AREA.length] ?? "416";
  return `+1${area}55501${String(index % 100).padStart(2, "0")}`;
}

function entry(id: string, at: number, kind: string, text: string, rest: Partial<ConsentEntry> = {}): ConsentEntry {
  return {
    id,
    at_ms: at,
    recorded_at_ms: at,
    kind,
    text,
    purposes: [],
    source: null,
    wording: null,
    file: null,
    ...rest,
  };
}

function verdict(
  category: string,
  may: MayReceive,
  reason: string,
  sentence: string,
  remedy: string | null,
  event: string | null,
): ConsentVerdict {
  return { category, may_receive: may, reason, sentence, remedy, event_id: event };
}

const WORDING = "Yes, send me offers and news on WhatsApp. I can stop at any time by writing STOP.";

/** What may be sent after these events, in the words the core uses. */
export function fakeVerdicts(consent: string, event: string | null): ConsentVerdict[] {
  switch (consent) {
    case "opted_out": {
      const sentence = "This person wrote STOP in the chat, so nothing is sent to them by template.";
      const remedy = "Only they can lift it, by writing START in the chat, or you with a dated, documented opt-in.";
      return ["marketing", "utility", "authentication"].map((c) =>
        verdict(c, "no", "opted_out", sentence, remedy, event),
      );
    }
    case "marketing_stopped":
      return [
        verdict(
          "marketing",
          "no",
          "marketing_stopped",
          "This person switched off marketing in WhatsApp’s own chat menu.",
          "Only they can switch it on again, in the same menu.",
          event,
        ),
        verdict("utility", "yes", "opted_in", "Opted in at the checkout.", null, null),
        verdict("authentication", "one_to_one", "on_request", "A code may be sent when they ask for one.", null, null),
      ];
    case "to_decide":
      return [
        verdict(
          "marketing",
          "no",
          "to_decide",
          "They wrote something that may be an opt-out. Marketing waits until you decide.",
          "Decide above whether it was an opt-out.",
          event,
        ),
        verdict("utility", "yes", "opted_in", "Opted in at the checkout.", null, null),
        verdict("authentication", "one_to_one", "on_request", "A code may be sent when they ask for one.", null, null),
      ];
    case "no_evidence":
      return [
        verdict(
          "marketing",
          "no",
          "no_evidence",
          "Nothing on record shows that this person agreed to marketing.",
          "Import a list that proves their consent, or ask them when they write to you.",
          null,
        ),
        verdict(
          "utility",
          "one_to_one",
          "wrote_recently",
          "They wrote to you, so a message about that matter may be sent, one to one.",
          null,
          null,
        ),
        verdict("authentication", "one_to_one", "on_request", "A code may be sent when they ask for one.", null, null),
      ];
    case "attested":
      return [
        verdict(
          "marketing",
          "yes",
          "attested",
          "You attested their consent for the import “market-stall.csv”.",
          null,
          event,
        ),
        verdict(
          "utility",
          "yes",
          "attested",
          "You attested their consent for the import “market-stall.csv”.",
          null,
          event,
        ),
        verdict("authentication", "one_to_one", "on_request", "A code may be sent when they ask for one.", null, null),
      ];
    default:
      return [
        verdict("marketing", "yes", "opted_in", "They opted in to offers and news at the checkout.", null, event),
        verdict("utility", "yes", "opted_in", "A general opt-in allows messages about their orders.", null, event),
        verdict("authentication", "one_to_one", "on_request", "A code may be sent when they ask for one.", null, null),
      ];
  }
}

const CONSENTS = [
  "opted_in",
  "opted_in",
  "opted_in",
  "attested",
  "opted_out",
  "opted_in",
  "marketing_stopped",
  "no_evidence",
  "opted_in",
  "to_decide",
  "opted_in",
  "opted_in",
];

/** The n-th person. */
export function fakePerson(index: number, now: number): FakePerson {
  const id = `contact-${index}`;
  const named =
    index < NAMED.length
      ? NAMED[index]
      : `${FIRST[index % FIRST.length]} ${LAST[Math.floor(index / FIRST.length) % LAST.length]}`;
  const username = index === 7 ? "mei.bakes" : null;
  const phone = username ? null : fakePhone(index);
  const consent = CONSENTS[index % CONSENTS.length] ?? "opted_in";
  const optedInAt = now - (20 + (index % 90)) * DAY;
  const signalAt = now - (1 + (index % 9)) * DAY - 2 * HOUR;
  const timeline: ConsentEntry[] = [];
  if (consent === "opted_out") {
    timeline.push(
      entry(`${id}-stop`, signalAt, "opt_out", "Wrote “STOP” in the chat.", { source: "The chat", wording: "STOP" }),
    );
  } else if (consent === "marketing_stopped") {
    timeline.push(
      entry(`${id}-stop`, signalAt, "marketing_stop", "Switched off marketing in WhatsApp’s chat menu.", {
        purposes: ["marketing"],
        source: "WhatsApp",
      }),
    );
  } else if (consent === "to_decide") {
    timeline.push(
      entry(`${id}-maybe`, signalAt, "probable_opt_out", "Wrote “please dont send me these”. That may be an opt-out.", {
        source: "The chat",
        wording: "please dont send me these",
      }),
    );
  }
  if (consent === "attested") {
    timeline.push(
      entry(`${id}-yes`, optedInAt, "attested", "Attested by you for a list without evidence.", {
        purposes: ["marketing", "utility"],
        source: "Market stall, spring 2026",
        wording: "Sign up for the weekly bread list on WhatsApp",
        file: "market-stall.csv, row 41",
      }),
    );
  } else if (consent !== "no_evidence") {
    timeline.push(
      entry(`${id}-yes`, optedInAt, "opt_in", "Opted in at the online checkout.", {
        purposes: ["marketing", "utility"],
        source: "Online checkout",
        wording: WORDING,
        file: `spring-customers.csv, row ${index + 2}`,
      }),
    );
  }
  const may = fakeVerdicts(consent, timeline[0]?.id ?? null);
  const row: ContactRow = {
    id,
    name: named ?? phone ?? id,
    phone,
    username,
    marketing: may[0]?.may_receive ?? "no",
    consent,
    consent_at_ms: timeline[0]?.at_ms ?? null,
    last_activity_at_ms: index % 5 === 4 ? null : now - (index * 37 + 3) * 60_000,
  };
  return {
    row,
    identifiers: [
      ...(phone ? [{ kind: "phone", value: phone, since_ms: optedInAt }] : []),
      { kind: "bsuid", value: `CA.${String(900_100_200_300 + index * 7919)}`, since_ms: optedInAt },
      ...(username ? [{ kind: "username", value: username, since_ms: optedInAt }] : []),
    ],
    attributes:
      index % 3 === 0
        ? []
        : [
            { name: "city", value: "Halifax" },
            { name: "loyalty points", value: String(index * 12) },
          ],
    tags: [
      ...(index % 6 === 1 ? ["Regular"] : []),
      ...(index % 17 === 3 ? ["Wholesale"] : []),
      ...(index % 40 === 7 ? ["Early bird"] : []),
    ],
    timeline,
    may_receive: may,
    to_decide: consent === "to_decide" ? timeline.filter((e) => e.kind === "probable_opt_out") : [],
    messages: (index * 7) % 23,
  };
}
