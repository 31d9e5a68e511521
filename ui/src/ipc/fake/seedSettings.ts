import type { Settings } from "../ipc";

export function seedSettings(): Settings {
  return {
    theme: "system",
    density: "comfortable",
    zoom_percent: 100,
    language: "system",
    default_region: "CA",
    on_close: "ask",
    notify_messages: true,
    max_send_rate: null,
    confirm_opt_out: false,
    opt_out_confirmation:
      "You are unsubscribed and will get no more messages from us. Write START to hear from us again.",
    unreachable_hold_days: 30,
    test_phones: ["+14165550123"],
    shop_zone: "America/Toronto",
    cap_messages: 2,
    cap_days: 7,
    quiet_hours: { from_minute: 1_260, to_minute: 480 },
    rules_for_utility: false,
    utility_reserve_percent: 10,
    month_budget: "200.00",
  };
}
