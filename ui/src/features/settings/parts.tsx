import type { ReactNode } from "react";

export function SectionTitle({ title, lead, action }: { title: string; lead?: ReactNode; action?: ReactNode }) {
  return (
    <header className="mb-6 flex flex-wrap items-start justify-between gap-3">
      <div className="min-w-0">
        <h2 className="font-semibold text-xl tracking-tight">{title}</h2>
        {lead ? <p className="mt-1 max-w-prose text-ink-2">{lead}</p> : null}
      </div>
      {action}
    </header>
  );
}

/** Name and value, one under the other on a narrow window. */
export function Facts({ items }: { items: { name: string; value: ReactNode }[] }) {
  return (
    <dl className="grid gap-x-6 gap-y-2 text-sm @lg/main:grid-cols-[12rem_1fr]">
      {items.map(({ name, value }) => (
        <div key={name} className="contents">
          <dt className="text-ink-3">{name}</dt>
          <dd className="tabular min-w-0 break-words @max-lg/main:mb-2">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
