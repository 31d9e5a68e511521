import type { ReactNode } from "react";
import { DataGrid } from "../../components/DataGrid";
import { useGridSource } from "../../components/useGridSource";
import { useT } from "../../i18n/t";
import type { ThreadFilter, ThreadRow, ThreadSort } from "../../ipc/ipc";
import { ThreadListRow } from "./ThreadListRow";

export interface ThreadListQuery {
  filter: ThreadFilter;
  sort: ThreadSort;
  search: string;
}

const ROW_PX = 72;

/** The conversations under a filter, by range, so that a million of them scroll without blank areas. */
export function ThreadList({
  query,
  selectedId,
  nowMs,
  onOpen,
  onTotal,
  empty,
}: {
  query: ThreadListQuery;
  selectedId: string | null;
  nowMs: number;
  onOpen: (row: ThreadRow) => void;
  onTotal: (total: number) => void;
  empty: ReactNode;
}) {
  const t = useT();
  const search = query.search.trim();
  const source = useGridSource(
    "thread_list",
    { filter: query.filter, sort: query.sort, search: search === "" ? null : search },
    ["inbox", "contacts", "consent"],
  );
  return (
    <DataGrid
      label={t("inbox.list")}
      source={source}
      columns={[
        {
          id: "thread",
          header: t("inbox.list"),
          width: "minmax(0,1fr)",
          render: (row) => <ThreadListRow row={row} nowMs={nowMs} />,
        },
      ]}
      rowId={(row) => row.contact_id}
      rowHeight={ROW_PX}
      hideHeader
      selectedId={selectedId}
      onOpen={onOpen}
      onTotal={onTotal}
      empty={empty}
    />
  );
}
