// One answer per command, complete by type: a command added to the contract does not compile until it stands here.
import type { CommandName, RequestOf, ResponseOf } from "../ipc";
import { accountHandlers } from "./account";
import { appHandlers } from "./app";
import { audienceHandlers } from "./audience";
import { campaignMoreHandlers } from "./campaignMore";
import { campaignHandlers } from "./campaigns";
import { importHandlers } from "./imports";
import { practiceHandlers } from "./practice";
import { rateHandlers } from "./rates";
import { shopHandlers } from "./shop-handlers";
import type { Handlers } from "./types";
import { unknownHandlers } from "./unknown";
import type { World } from "./world";

const all: Handlers = {
  ...appHandlers,
  ...accountHandlers,
  ...importHandlers,
  ...campaignHandlers,
  ...campaignMoreHandlers,
  ...audienceHandlers,
  ...practiceHandlers,
  ...shopHandlers,
  ...rateHandlers,
  ...unknownHandlers,
};

export function answer<C extends CommandName>(world: World, name: C, request: RequestOf<C>): ResponseOf<C> {
  return all[name](world, request);
}
