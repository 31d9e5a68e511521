// What was planned beside what came of it, a line each.
import type { ReactNode } from "react";
import { useT } from "../../i18n/t";

export interface PlannedLine {
  id: string;
  name: string;
  planned: ReactNode;
  came: ReactNode;
}

export function PlannedTable({ cameTitle, lines }: { cameTitle: string; lines: readonly PlannedLine[] }) {
  const t = useT();
  return (
    <table className="tabular w-full text-sm">
      <thead className="text-ink-3 text-xs">
        <tr>
          <td />
          <th scope="col" className="py-1.5 text-end font-normal">
            {t("report.plan.planned")}
          </th>
          <th scope="col" className="py-1.5 text-end font-normal">
            {cameTitle}
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {lines.map(({ id, name, planned, came }) => (
          <tr key={id}>
            <th scope="row" className="py-2 text-start font-normal text-ink-2">
              {name}
            </th>
            <td className="py-2 ps-4 text-end text-ink-2">{planned}</td>
            <td className="whitespace-nowrap py-2 ps-4 text-end font-medium">{came}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
