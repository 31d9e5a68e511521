import { ChevronDown } from "lucide-react";
import { Button as AriaButton, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";

/** Name of a column of the imports: suggested ones, or any other typed by hand. */
export function ColumnField({
  label,
  names,
  value,
  onChange,
}: {
  label: string;
  names: readonly string[];
  value: string;
  onChange: (name: string) => void;
}) {
  return (
    <ComboBox
      allowsCustomValue
      inputValue={value}
      onInputChange={onChange}
      menuTrigger="focus"
      className="block min-w-0"
    >
      <Label className="mb-1 block font-medium text-sm">{label}</Label>
      <div className="relative">
        <Input className="h-9 w-full rounded-control border border-control/70 bg-surface ps-3 pe-9 text-sm" />
        <AriaButton className="absolute inset-y-0 end-1 my-auto flex size-7 items-center justify-center text-ink-3">
          <ChevronDown aria-hidden size={15} />
        </AriaButton>
      </div>
      <Popover className="min-w-(--trigger-width) rounded-card border border-line bg-raised p-1 shadow-float">
        <ListBox className="max-h-60 overflow-y-auto outline-none">
          {names.map((name) => (
            <ListBoxItem
              key={name}
              id={name}
              textValue={name}
              className="rounded-control px-2.5 py-1.5 text-sm data-focused:bg-hover"
            >
              {name}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
