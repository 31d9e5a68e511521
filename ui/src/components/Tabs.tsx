import type { ReactNode } from "react";
import { Tabs as AriaTabs, Tab, TabList, TabPanel } from "react-aria-components";
import { cx } from "./cx";
import { Count } from "./values";

export interface TabEntry {
  id: string;
  label: string;
  count?: number | undefined;
  content: ReactNode;
}

export function Tabs({
  label,
  tabs,
  selected,
  onSelect,
  className,
}: {
  label: string;
  tabs: readonly TabEntry[];
  selected?: string;
  onSelect?: (id: string) => void;
  className?: string;
}) {
  return (
    <AriaTabs
      {...(selected === undefined ? {} : { selectedKey: selected })}
      onSelectionChange={(key) => onSelect?.(String(key))}
      className={cx("flex min-h-0 flex-col", className)}
    >
      <TabList aria-label={label} className="flex gap-1 border-line border-b">
        {tabs.map((tab) => (
          <Tab
            key={tab.id}
            id={tab.id}
            className="-mb-px cursor-default border-transparent border-b-2 px-3 py-2 font-medium text-ink-2 text-sm data-hovered:text-ink data-selected:border-accent data-selected:text-ink"
          >
            {tab.label}
            {tab.count === undefined ? null : (
              <span className="ms-1.5 text-ink-3 text-xs">
                <Count value={tab.count} />
              </span>
            )}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="min-h-0 flex-1 pt-4">
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
