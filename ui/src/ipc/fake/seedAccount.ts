import type { AccountOverview, ChecklistStep, StepState } from "../ipc";

const META = "https://business.facebook.com/latest/whatsapp_manager";

function step(
  key: string,
  title: string,
  state: StepState,
  detail: string,
  nowMs: number,
  link: string | null = META,
): ChecklistStep {
  return { key, title, state, detail, link, checked_at_ms: state === "todo" ? null : nowMs - 20 * 60_000 };
}

export function practiceAccount(nowMs: number): AccountOverview {
  return {
    profile: "practice",
    waba_id: "102290129340398",
    waba_name: "Lantern Street Bakery",
    currency: "CAD",
    numbers: [
      {
        phone_number_id: "106540352242922",
        display_phone_number: "+1 416 555 0188",
        verified_name: "Lantern Street Bakery",
        quality_rating: "GREEN",
        status: "CONNECTED",
        throughput_mps: 80,
        messaging_limit: "TIER_2K",
      },
    ],
    phone_number_id: "106540352242922",
    token_expires_at_ms: null,
    graph: "http://127.0.0.1:40122/v26.0",
    checklist: [
      step("app", "A Meta app with WhatsApp", "done", "The practice account brings its own.", nowMs, null),
      step("token", "System User token", "done", "Never expires and has every scope it needs.", nowMs, null),
      step("waba", "WhatsApp Business Account", "done", "Lantern Street Bakery.", nowMs, null),
      step("number", "Phone number", "done", "+1 416 555 0188 is connected.", nowMs, null),
      step("relay", "Relay", "done", "Runs inside this program and was heard a moment ago.", nowMs, null),
    ],
  };
}

export function realAccount(nowMs: number): AccountOverview {
  const practice = practiceAccount(nowMs);
  return {
    ...practice,
    profile: "lantern",
    graph: "https://graph.facebook.com/v26.0",
    token_expires_at_ms: nowMs + 38 * 86_400_000,
    checklist: [
      step("app", "A Meta app with WhatsApp", "done", "App 2231 9087 is in live mode.", nowMs),
      step(
        "token",
        "System User token",
        "attention",
        "The token ends on 30 December. Make one that never expires.",
        nowMs,
      ),
      step("waba", "WhatsApp Business Account", "done", "Lantern Street Bakery, paid in CAD.", nowMs),
      step("number", "Phone number", "done", "+1 416 555 0188 is connected.", nowMs),
      step("registration", "Registered for the Cloud API", "done", "Registered with a two-step PIN.", nowMs),
      step("relay", "Relay", "done", "relay.lantern.example was heard a moment ago.", nowMs, null),
      step(
        "webhook_fields",
        "Webhook fields",
        "todo",
        "“user_preferences” is not subscribed: people who stop marketing in WhatsApp would not be heard.",
        nowMs,
      ),
      step(
        "payment",
        "Payment method",
        "confirm",
        "Meta does not let us look. Open Billing and see that a card is there.",
        nowMs,
      ),
      step("verification", "Business verification", "unknown", "Could not be read with this token.", nowMs),
      step("display_name", "Display name", "done", "“Lantern Street Bakery” is approved.", nowMs),
    ],
  };
}
