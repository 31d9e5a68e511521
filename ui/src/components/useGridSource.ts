import { useIpc } from "../ipc/context";
import type { ChangeTag, CommandName, RequestOf, ResponseOf } from "../ipc/ipc";
import type { GridSource } from "./DataGrid";

type PagedCommand = {
  [C in CommandName]: RequestOf<C> extends { offset: number; limit: number }
    ? ResponseOf<C> extends { rows: unknown[]; total: number }
      ? C
      : never
    : never;
}[CommandName];

/** Rows of a paged command (`contact_list`, `campaign_recipients`, `consent_import_rows`) for a grid. */
export function useGridSource<C extends PagedCommand>(
  name: C,
  filter: Omit<RequestOf<C>, "offset" | "limit">,
  tags: ChangeTag[],
): GridSource<ResponseOf<C> extends { rows: (infer Row)[] } ? Row : never> {
  const ipc = useIpc();
  return {
    key: [name, filter],
    tags,
    fetchPage: async (offset, limit) => {
      const page = await ipc.call(name, { ...filter, offset, limit } as RequestOf<C>);
      return page as never;
    },
  };
}
