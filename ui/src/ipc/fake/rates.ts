// Price lists and the operator's own limits of numbers.
import type { RateCardList } from "../ipc";
import { found, refuse } from "./refuse";
import type { Handlers } from "./types";
import type { World } from "./world";

function list(world: World): RateCardList {
  const own = world.rateCards.find(({ tiers }) => !tiers);
  return {
    items: world.rateCards,
    in_use: {
      currency: "USD",
      from: own?.effective_from ?? "2026-10-01",
      demo: own === undefined,
      may_end: "2027-01-01",
    },
    month: "2026-11",
    month_spent: "61.35",
  };
}

type Commands = "rate_card_list" | "rate_card_import" | "rate_card_remove" | "number_limits_list" | "number_limits_set";

export const rateHandlers: Pick<Handlers, Commands> = {
  rate_card_list: (world) => list(world),
  rate_card_import(world, { path, effective_from }) {
    if (path.includes("customers"))
      refuse(
        "invalid_input",
        "This is not a price list that can be used: no row begins with “Market”.",
        "Download “Rates” as CSV from Meta’s pricing page.",
      );
    world.rateCards = [
      {
        id: world.newId("card"),
        tiers: path.includes("tiers"),
        currency: "USD",
        effective_from: effective_from ?? "2026-10-01",
        file_name: path.split("/").pop() ?? path,
        imported_at_ms: world.nowMs,
        markets: 48,
        in_use: !path.includes("tiers"),
      },
      ...world.rateCards.map((card) => ({ ...card, in_use: false })),
    ];
    world.changed("settings");
    return list(world);
  },
  rate_card_remove(world, { id }) {
    world.rateCards = world.rateCards.filter((card) => card.id !== id);
    world.changed("settings");
    return list(world);
  },
  number_limits_list: (world) => ({ items: world.numberLimits }),
  number_limits_set(world, { phone_number_id, per_second, per_day, warm_up }) {
    const row = found(
      world.numberLimits.find((one) => one.phone_number_id === phone_number_id),
      "account",
    );
    Object.assign(row, {
      per_second,
      per_day,
      warm_up: warm_up && { ...warm_up, day_now: warm_up.day_now ?? 1, people_now: warm_up.first_day },
    });
    world.changed("account");
    return { items: world.numberLimits };
  },
};
