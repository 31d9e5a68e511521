/** Fake threads: every kind of bubble, tick, window and lock that the inbox must show. */
import type { ThreadMessage, Ticks } from "../ipc";
import type { FakePerson } from "./people";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface FakeThread {
  person: FakePerson;
  messages: ThreadMessage[];
  unread: number;
}

export function message(
  id: string,
  at: number,
  direction: "in" | "out",
  text: string,
  rest: Partial<ThreadMessage> = {},
): ThreadMessage {
  return {
    id,
    direction,
    kind: "text",
    text,
    header: null,
    footer: null,
    buttons: [],
    media: null,
    quoted: null,
    reaction: null,
    ticks: direction === "out" ? "read" : null,
    failure: null,
    campaign: null,
    at_ms: at,
    opt_out: false,
    ...rest,
  };
}

const OFFER = {
  kind: "template",
  header: "Fresh this Saturday",
  footer: "Write STOP to get no more offers",
  buttons: ["Keep me a loaf", "See the menu", "Stop offers"],
  campaign: "Saturday bread",
} as const;

function offer(id: string, at: number, name: string, ticks: Ticks = "read"): ThreadMessage {
  return message(
    id,
    at,
    "out",
    `Hi ${name}, the sourdough is back.\n\n*15 % off* every loaf until noon, while it is warm. 🍞`,
    { ...OFFER, buttons: [...OFFER.buttons], ticks },
  );
}

/** The showcase thread: media in every state, a quote, a reaction, a failure. */
function showcase(p: FakePerson, now: number): ThreadMessage[] {
  const m = (n: number) => `${p.row.id}-m${n}`;
  return [
    message(m(1), now - 3 * DAY, "in", "Do you have anything without nuts?"),
    message(m(2), now - 3 * DAY + 8 * MINUTE, "out", "Yes! The oat loaf and the olive bread never meet a nut.", {
      quoted: { direction: "in", text: "Do you have anything without nuts?" },
      reaction: "❤️",
    }),
    offer(m(3), now - 1 * DAY - 2 * HOUR, "Amélie"),
    message(m(4), now - 3 * HOUR, "in", "Keep me a loaf", {
      kind: "button",
      quoted: { direction: "out", text: "Hi Amélie, the sourdough is back." },
    }),
    message(m(5), now - 3 * HOUR + 2 * MINUTE, "in", "One like this please", {
      kind: "image",
      media: {
        media_file_id: "fake-bread",
        kind: "image",
        mime_type: "image/png",
        file_name: null,
        save_as: "photo.png",
        state: "here",
      },
    }),
    message(m(6), now - 2 * HOUR, "in", "", {
      kind: "image",
      media: {
        media_file_id: "fake-fetching",
        kind: "image",
        mime_type: "image/jpeg",
        file_name: null,
        save_as: "photo.jpg",
        state: "fetching",
      },
    }),
    message(m(7), now - 2 * HOUR + MINUTE, "in", "", {
      kind: "document",
      media: {
        media_file_id: "fake-retrying",
        kind: "document",
        mime_type: "application/pdf",
        file_name: "order-for-the-office-party.pdf",
        save_as: "order-for-the-office-party.pdf",
        state: "retrying",
      },
    }),
    message(m(8), now - 100 * MINUTE, "in", "", {
      kind: "video",
      media: {
        media_file_id: "fake-lost",
        kind: "video",
        mime_type: "video/mp4",
        file_name: null,
        save_as: "video.mp4",
        state: "lost",
      },
    }),
    message(m(12), now - 95 * MINUTE, "in", "", {
      kind: "document",
      media: {
        media_file_id: "fake-list",
        kind: "document",
        mime_type: "application/pdf",
        file_name: "allergies.pdf",
        save_as: "allergies.pdf",
        state: "here",
      },
    }),
    message(m(13), now - 94 * MINUTE, "in", "", {
      kind: "document",
      media: {
        media_file_id: "fake-program",
        kind: "document",
        mime_type: "application/octet-stream",
        file_name: "menu.pdf.exe",
        save_as: "menu.pdf.exe",
        state: "here",
      },
    }),
    message(m(9), now - 90 * MINUTE, "out", "Put aside for you. Pick it up any time before six.", {
      ticks: "delivered",
    }),
    message(m(10), now - 89 * MINUTE, "out", "It is the one with the darker crust.", {
      ticks: "failed",
      failure: "Not delivered: the phone could not be reached for a while. Try again, or call.",
    }),
    message(m(11), now - 4 * MINUTE, "in", "Lovely, thank you! Is there somewhere to park nearby?"),
  ];
}

function long(p: FakePerson, now: number): ThreadMessage[] {
  const out: ThreadMessage[] = [];
  for (let n = 0; n < 240; n += 1) {
    const at = now - 20 * DAY + n * 2 * HOUR;
    out.push(
      message(
        `${p.row.id}-l${n}`,
        at,
        n % 3 === 0 ? "in" : "out",
        n % 3 === 0 ? `Question ${n}: is the rye in today?` : `Answer ${n}: it is, and it is still warm.`,
      ),
    );
  }
  out.push(message(`${p.row.id}-lz`, now - 23 * HOUR - 20 * MINUTE, "in", "Good, see you tomorrow then"));
  return out;
}

const QUESTIONS = [
  "Is the bakery open on Monday? My sister is visiting, and she will not believe me about the cardamom buns until she has had one.",
  "Could you keep two rye loaves for me until five?",
  "شكرًا، سأمر غدًا صباحًا",
  "The box was perfect, everybody loved it 🥐",
  "Do you deliver to the island?",
];

export function makeThreads(people: readonly FakePerson[], now: number): FakeThread[] {
  return people.slice(0, 60).map((person, i) => {
    const id = person.row.id;
    const first = person.row.name.split(" ")[0] ?? "";
    if (i === 0) return { person, messages: showcase(person, now), unread: 1 };
    if (i === 1) return { person, messages: long(person, now), unread: 0 };
    const base = offer(
      `${id}-o`,
      now - DAY - i * 31 * MINUTE,
      first,
      (["read", "delivered", "sent", "accepted"] as const)[i % 4] ?? "sent",
    );
    if (person.row.consent === "opted_out") {
      return {
        person,
        messages: [base, message(`${id}-stop`, now - DAY, "in", "STOP", { opt_out: true })],
        unread: i < 10 ? 1 : 0,
      };
    }
    if (person.row.consent === "to_decide") {
      return {
        person,
        messages: [base, message(`${id}-maybe`, now - 5 * HOUR - i * 7 * MINUTE, "in", "please dont send me these")],
        unread: 1,
      };
    }
    if (i % 3 === 0)
      return {
        person,
        messages: [base, message(`${id}-q`, now - i * 41 * MINUTE, "in", QUESTIONS[i % QUESTIONS.length] ?? "")],
        unread: i % 2,
      };
    if (i === 8)
      return {
        person,
        messages: [
          base,
          message(`${id}-u`, now - HOUR, "out", "We close at six.", {
            ticks: "unknown",
            failure:
              "Outcome unknown: Meta did not say whether it took this message. It settles by itself when Meta reports on it.",
          }),
        ],
        unread: 0,
      };
    return { person, messages: [base], unread: 0 };
  });
}
