import { useNavigate } from "@tanstack/react-router";
import { DataGrid } from "../../components/DataGrid";
import { useGridSource } from "../../components/useGridSource";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { RecipientRow } from "../../ipc/ipc";
import type { CountName } from "./counts";

/** The people behind a count. Opening a row goes to the person. */
export function RecipientGrid({
  campaignId,
  state,
  reason,
}: {
  campaignId: string;
  state: CountName | null;
  reason: string | null;
}) {
  const t = useT();
  const navigate = useNavigate();
  const source = useGridSource("campaign_recipients", { id: campaignId, state, reason }, ["campaigns"]);
  return (
    <DataGrid<RecipientRow>
      label={t("live.rows")}
      source={source}
      rowId={(row) => row.contact_id}
      onOpen={(row) => void navigate({ to: "/contacts/$contactId", params: { contactId: row.contact_id } })}
      empty={<p className="p-8 text-center text-ink-2">{t("live.rows.none")}</p>}
      columns={[
        { id: "name", header: t("live.rows.name"), width: "minmax(9rem,1.2fr)", render: (row) => row.name },
        { id: "address", header: t("live.rows.address"), width: "9rem", render: (row) => row.address },
        {
          id: "state",
          header: t("live.rows.state"),
          width: "9rem",
          render: (row) => t(`count.${row.state as CountName}`),
        },
        {
          id: "reason",
          header: t("live.rows.reason"),
          width: "minmax(8rem,1.6fr)",
          render: (row) => <span title={row.reason ?? undefined}>{row.reason ?? ""}</span>,
        },
        {
          id: "at",
          header: t("live.rows.at"),
          width: "5rem",
          align: "end",
          render: (row) => <TimeText atMs={row.at_ms} className="text-ink-3" />,
        },
      ]}
    />
  );
}
