import { counts } from "./campaigns";
import { shopOf } from "./shop";
import type { Handlers } from "./types";

type PracticeCommands = "practice_settings_get" | "practice_settings_update" | "practice_ledger_summary";

export const practiceHandlers: Pick<Handlers, PracticeCommands> = {
  practice_settings_get: (world) => world.practice,
  practice_settings_update(world, settings) {
    world.practice = settings;
    world.changed("settings");
    return settings;
  },
  practice_ledger_summary(world) {
    const all = counts(world.campaigns.flatMap(({ recipients }) => recipients));
    return {
      sent: all.sent + all.delivered + all.read,
      delivered: all.delivered + all.read,
      read: all.read,
      replied: world.campaigns.reduce((sum, { replied }) => sum + replied, 0),
      failed: all.failed,
      withheld: all.withheld,
      stopped: shopOf(world).people.filter(({ row }) => row.consent === "opted_out").length,
      twice: 0,
    };
  },
};
