import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { cx } from "./cx";

/** One of a few, all in sight; for filters and modes. */
export function SegmentedControl<V extends string>({
  label,
  options,
  value,
  onChange,
  className,
}: {
  label: string;
  options: readonly { value: V; label: string }[];
  value: V;
  onChange: (value: V) => void;
  className?: string;
}) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [next] = keys;
        if (next !== undefined) onChange(String(next) as V);
      }}
      className={cx("flex flex-wrap gap-0.5 rounded-control bg-sunken p-0.5", className)}
    >
      {options.map((option) => (
        <ToggleButton
          key={option.value}
          id={option.value}
          className="flex-1 whitespace-nowrap rounded-md px-2.5 py-1 text-center font-medium text-ink-2 text-xs transition-colors data-hovered:text-ink data-selected:bg-raised data-selected:text-ink data-selected:shadow-card"
        >
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
