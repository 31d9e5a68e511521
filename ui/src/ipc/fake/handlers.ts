// One answer per command, complete by type: a command added to the contract does not compile until it stands here.
import type { CommandName, RequestOf, ResponseOf } from "../ipc";
import { shopHandlers } from "./shop-handlers";
import type { World } from "./world";

export type Handler<C extends CommandName> = (world: World, request: RequestOf<C>) => ResponseOf<C>;
export type Handlers = { [C in CommandName]: Handler<C> };

export const handlers = { ...shopHandlers } as unknown as Handlers;
