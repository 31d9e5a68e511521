// Several short values: chips that can be taken out, and a field that adds one by choosing or typing.
import { X } from "lucide-react";
import { useState } from "react";
import {
  Button as AriaButton,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Tag,
  TagGroup,
  TagList,
} from "react-aria-components";
import { useT } from "../i18n/t";

export interface Suggestion {
  value: string;
  /** Shown instead of the value. */
  label?: string;
  people?: number;
}

export function TokenField({
  label,
  values,
  suggestions,
  placeholder,
  onlySuggested = false,
  onChange,
}: {
  label: string;
  values: readonly string[];
  suggestions: readonly Suggestion[];
  placeholder: string;
  /** Nothing else can be typed. */
  onlySuggested?: boolean;
  onChange: (values: string[]) => void;
}) {
  const t = useT();
  const [text, setText] = useState("");
  const labelOf = (value: string) => suggestions.find((one) => one.value === value)?.label ?? value;
  const open = suggestions.filter((one) => !values.includes(one.value));
  const shown = open.filter((one) =>
    (one.label ?? one.value).toLocaleLowerCase().includes(text.trim().toLocaleLowerCase()),
  );
  const add = (value: string) => {
    const added = value.trim();
    if (added !== "" && !values.includes(added)) onChange([...values, added]);
    setText("");
  };
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1.5">
      {values.length > 0 ? (
        <TagGroup
          aria-label={label}
          selectionMode="none"
          onRemove={(keys) => onChange(values.filter((value) => !keys.has(value)))}
          className="contents"
        >
          <TagList items={values.map((value) => ({ id: value }))} className="contents">
            {({ id }) => (
              <Tag
                id={id}
                textValue={labelOf(id)}
                className="inline-flex h-8 max-w-60 items-center gap-1 rounded-full bg-accent-soft ps-3 pe-1 font-medium text-accent-strong text-sm data-focus-visible:outline-2 data-focus-visible:outline-accent data-focus-visible:outline-offset-1"
              >
                <span dir="auto" className="truncate">
                  {labelOf(id)}
                </span>
                <AriaButton
                  slot="remove"
                  aria-label={t("audience.token.remove", { value: labelOf(id) })}
                  className="inline-flex size-6 items-center justify-center rounded-full data-hovered:bg-hover"
                >
                  <X aria-hidden size={13} />
                </AriaButton>
              </Tag>
            )}
          </TagList>
        </TagGroup>
      ) : null}
      <ComboBox
        items={shown.map((one) => ({ ...one, id: one.value }))}
        inputValue={text}
        onInputChange={setText}
        selectedKey={null}
        onSelectionChange={(key) => {
          if (key !== null) add(String(key));
        }}
        allowsCustomValue={!onlySuggested}
        allowsEmptyCollection
        menuTrigger="focus"
        className="min-w-36 max-w-60 flex-1"
      >
        <Label className="sr-only">{label}</Label>
        <Input
          placeholder={placeholder}
          onKeyDown={(event) => {
            if (!onlySuggested && (event.key === "Enter" || event.key === ",") && text.trim() !== "") {
              event.preventDefault();
              add(text);
            }
          }}
          onBlur={() => {
            if (!onlySuggested) add(text);
          }}
          className="h-8 w-full rounded-control border border-control/70 bg-surface px-2.5 text-sm"
        />
        <Popover className="min-w-52 rounded-card border border-line bg-raised p-1 shadow-float">
          <ListBox
            className="max-h-60 overflow-y-auto outline-none"
            renderEmptyState={() => <p className="px-2.5 py-1.5 text-ink-3 text-sm">{t("audience.token.nothing")}</p>}
          >
            {(one: Suggestion & { id: string }) => (
              <ListBoxItem
                id={one.id}
                textValue={one.label ?? one.value}
                className="flex items-baseline justify-between gap-4 rounded-control px-2.5 py-1.5 text-sm data-focused:bg-hover"
              >
                <span dir="auto" className="truncate">
                  {one.label ?? one.value}
                </span>
                {one.people === undefined ? null : (
                  <span className="tabular text-ink-3 text-xs">{t("audience.people", { count: one.people })}</span>
                )}
              </ListBoxItem>
            )}
          </ListBox>
        </Popover>
      </ComboBox>
    </div>
  );
}
