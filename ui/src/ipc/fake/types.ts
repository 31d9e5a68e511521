import type { CommandName, RequestOf, ResponseOf } from "../ipc";
import type { World } from "./world";

export type Handlers = { [C in CommandName]: (world: World, request: RequestOf<C>) => ResponseOf<C> };
