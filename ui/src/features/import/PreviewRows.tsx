import { Check, CircleHelp, Copy, type LucideIcon, Wrench, X } from "lucide-react";
import { DataGrid } from "../../components/DataGrid";
import { Chip, type Tone } from "../../components/feedback";
import { useGridSource } from "../../components/useGridSource";
import { useT } from "../../i18n/t";
import type { ImportRow, RowVerdict } from "../../ipc/ipc";

export type RowFilter = RowVerdict | "all" | "unproven";

const LOOKS: Record<RowVerdict, { tone: Tone; icon: LucideIcon }> = {
  accepted: { tone: "good", icon: Check },
  repaired: { tone: "accent", icon: Wrench },
  duplicate: { tone: "neutral", icon: Copy },
  quarantined: { tone: "attention", icon: CircleHelp },
  rejected: { tone: "trouble", icon: X },
};

export function PreviewRows({ previewId, filter }: { previewId: string; filter: RowFilter }) {
  const t = useT();
  const source = useGridSource(
    "consent_import_rows",
    {
      preview_id: previewId,
      verdict: filter === "all" || filter === "unproven" ? null : filter,
      unproven_only: filter === "unproven",
    },
    [],
  );
  return (
    <DataGrid<ImportRow>
      label={t("import.rows")}
      source={source}
      rowId={(row) => String(row.row)}
      empty={<p className="p-8 text-center text-ink-2">{t("import.rows.none")}</p>}
      columns={[
        {
          id: "row",
          header: t("import.rows.number"),
          width: "4rem",
          align: "end",
          render: (row) => <span className="text-ink-3">{row.row}</span>,
        },
        { id: "name", header: t("import.rows.name"), width: "minmax(8rem,1.2fr)", render: (row) => row.name },
        { id: "phone", header: t("import.rows.phone"), width: "9rem", render: (row) => row.phone || "–" },
        {
          id: "verdict",
          header: t("import.rows.verdict"),
          width: "minmax(9rem,1.6fr)",
          render: (row) => (
            <span className="flex items-center gap-2">
              <Chip tone={LOOKS[row.verdict].tone} icon={LOOKS[row.verdict].icon}>
                {t(`verdict.${row.verdict}`)}
              </Chip>
              <span className="truncate text-ink-2">{row.reason}</span>
            </span>
          ),
        },
        {
          id: "consent",
          header: t("import.rows.consent"),
          width: "minmax(8rem,1.4fr)",
          render: (row) => <span className={row.proven ? undefined : "text-attention"}>{row.consent}</span>,
        },
      ]}
    />
  );
}
