// Everything one types into or chooses from. The label is always visible; help and trouble stand under the field.
import { Check, ChevronDown, Search, X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  type CheckboxProps as AriaCheckboxProps,
  RadioGroup as AriaRadioGroup,
  SearchField as AriaSearchField,
  Select as AriaSelect,
  Switch as AriaSwitch,
  type SwitchProps as AriaSwitchProps,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Radio,
  SelectValue,
  Text,
} from "react-aria-components";
import { useT } from "../i18n/t";
import { cx } from "./cx";

const control =
  "w-full rounded-control border border-control/70 bg-surface text-sm text-ink placeholder:text-ink-3 data-focused:border-accent data-disabled:opacity-50 data-invalid:border-trouble";
const labelClass = "mb-1 block font-medium text-sm text-ink";

function Help({ description, errorMessage }: { description?: ReactNode; errorMessage?: string | undefined }) {
  return (
    <>
      {description ? (
        <Text slot="description" className="mt-1 block text-ink-3 text-xs">
          {description}
        </Text>
      ) : null}
      <FieldError className="mt-1 block text-trouble text-xs">{errorMessage}</FieldError>
    </>
  );
}

export interface TextFieldProps extends Omit<AriaTextFieldProps, "className" | "children" | "style"> {
  label: string;
  /** Hides the label from sight, never from screen readers. */
  hideLabel?: boolean;
  description?: ReactNode;
  errorMessage?: string | undefined;
  placeholder?: string;
  className?: string;
}

export function TextField({
  label,
  hideLabel,
  description,
  errorMessage,
  placeholder,
  className,
  ...rest
}: TextFieldProps) {
  return (
    <AriaTextField {...rest} isInvalid={rest.isInvalid ?? Boolean(errorMessage)} className={cx("block", className)}>
      <Label className={hideLabel ? "sr-only" : labelClass}>{label}</Label>
      <Input placeholder={placeholder} className={cx(control, "h-9 px-3")} />
      <Help description={description} errorMessage={errorMessage} />
    </AriaTextField>
  );
}

export function TextArea({
  label,
  hideLabel,
  description,
  errorMessage,
  placeholder,
  className,
  rows = 3,
  ...rest
}: TextFieldProps & { rows?: number }) {
  return (
    <AriaTextField {...rest} isInvalid={rest.isInvalid ?? Boolean(errorMessage)} className={cx("block", className)}>
      <Label className={hideLabel ? "sr-only" : labelClass}>{label}</Label>
      <AriaTextArea rows={rows} placeholder={placeholder} className={cx(control, "resize-y px-3 py-2")} />
      <Help description={description} errorMessage={errorMessage} />
    </AriaTextField>
  );
}

/**
 * What is typed stands in the field at once, while `value` (often the address) follows in its own time: a field that
 * waited for it would lose letters of a quick hand.
 */
function useOwnText(value: string, onChange: (value: string) => void): [string, (text: string) => void] {
  const [text, setText] = useState(value);
  const told = useRef<string[]>([]);
  useEffect(() => {
    const at = told.current.indexOf(value);
    if (at >= 0) told.current.splice(0, at + 1);
    else setText(value);
  }, [value]);
  return [
    text,
    (next) => {
      told.current.push(next);
      setText(next);
      onChange(next);
    },
  ];
}

/** `/` moves here from anywhere on the screen. */
export function SearchField({
  label,
  value,
  onChange,
  autoFocus = false,
  isPageSearch = true,
  className,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoFocus?: boolean;
  /** The one that `/` leads to; a second search on a screen says no. */
  isPageSearch?: boolean;
  className?: string;
}) {
  const t = useT();
  const [text, change] = useOwnText(value, onChange);
  return (
    <AriaSearchField
      autoFocus={autoFocus}
      aria-label={label}
      value={text}
      onChange={change}
      className={cx("group relative block", className)}
    >
      <Search aria-hidden size={15} className="pointer-events-none absolute inset-y-0 start-2.5 my-auto text-ink-3" />
      <Input
        data-search={isPageSearch ? true : undefined}
        placeholder={label}
        className={cx(control, "h-9 ps-8 pe-8 [&::-webkit-search-cancel-button]:hidden")}
      />
      <AriaButton
        aria-label={t("common.clearSearch")}
        className="absolute inset-y-0 end-1 my-auto inline-flex size-7 items-center justify-center rounded-control text-ink-3 data-hovered:text-ink group-data-empty:hidden"
      >
        <X aria-hidden size={14} />
      </AriaButton>
    </AriaSearchField>
  );
}

export interface Option<V extends string = string> {
  value: V;
  label: string;
  description?: string;
  isDisabled?: boolean;
}

export function Select<V extends string>({
  label,
  hideLabel,
  options,
  value,
  onChange,
  description,
  errorMessage,
  placeholder,
  isDisabled,
  className,
}: {
  label: string;
  hideLabel?: boolean;
  options: readonly Option<V>[];
  value: V | null;
  onChange: (value: V) => void;
  description?: ReactNode;
  errorMessage?: string | undefined;
  placeholder?: string;
  isDisabled?: boolean;
  className?: string;
}) {
  const t = useT();
  return (
    <AriaSelect
      value={value}
      onChange={(key) => {
        if (key !== null) onChange(String(key) as V);
      }}
      isDisabled={isDisabled}
      isInvalid={Boolean(errorMessage)}
      placeholder={placeholder ?? t("common.selectPlaceholder")}
      className={cx("block min-w-0", className)}
    >
      <Label className={hideLabel ? "sr-only" : labelClass}>{label}</Label>
      <AriaButton className={cx(control, "flex h-9 items-center gap-2 px-3 text-start data-hovered:bg-hover")}>
        <SelectValue className="min-w-0 flex-1 truncate data-placeholder:text-ink-3">
          {({ isPlaceholder, defaultChildren, selectedText }) => (isPlaceholder ? defaultChildren : selectedText)}
        </SelectValue>
        <ChevronDown aria-hidden size={15} className="shrink-0 text-ink-3" />
      </AriaButton>
      <Help description={description} errorMessage={errorMessage} />
      <Popover className="min-w-(--trigger-width) max-w-96 overflow-auto rounded-card border border-line bg-raised p-1 shadow-float">
        <ListBox items={options} className="outline-none">
          {(option: Option<V>) => (
            <ListBoxItem
              id={option.value}
              textValue={option.label}
              isDisabled={option.isDisabled ?? false}
              className="group flex items-start gap-2 rounded-control px-2 py-1.5 text-sm data-disabled:opacity-50 data-focused:bg-hover"
            >
              <Check
                aria-hidden
                size={15}
                className="invisible mt-0.5 shrink-0 text-accent group-data-selected:visible"
              />
              <span className="min-w-0">
                <Text slot="label" className="block">
                  {option.label}
                </Text>
                {option.description ? (
                  <Text slot="description" className="block text-ink-3 text-xs">
                    {option.description}
                  </Text>
                ) : null}
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export function Checkbox({
  children,
  description,
  className,
  ...rest
}: Omit<AriaCheckboxProps, "className" | "children" | "style"> & {
  children: ReactNode;
  description?: ReactNode;
  className?: string;
}) {
  return (
    <AriaCheckbox
      {...rest}
      className={cx("group flex items-start gap-2.5 text-sm data-disabled:opacity-50", className)}
    >
      <span
        aria-hidden
        className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded border border-control bg-surface text-on-accent group-data-indeterminate:bg-accent-fill group-data-selected:border-accent-fill group-data-selected:bg-accent-fill group-data-focus-visible:outline-2 group-data-focus-visible:outline-accent group-data-focus-visible:outline-offset-2"
      >
        <Check size={12} strokeWidth={3} className="hidden group-data-selected:block" />
      </span>
      <span className="min-w-0">
        <span className="block">{children}</span>
        {description ? <span className="block text-ink-3 text-xs">{description}</span> : null}
      </span>
    </AriaCheckbox>
  );
}

export function Switch({
  children,
  description,
  className,
  ...rest
}: Omit<AriaSwitchProps, "className" | "children" | "style"> & {
  children: ReactNode;
  description?: ReactNode;
  className?: string;
}) {
  return (
    <AriaSwitch {...rest} className={cx("group flex items-start justify-between gap-6 text-sm", className)}>
      <span className="min-w-0">
        <span className="block font-medium">{children}</span>
        {description ? <span className="block text-ink-3 text-xs">{description}</span> : null}
      </span>
      <span
        aria-hidden
        className="relative mt-0.5 block h-5 w-9 shrink-0 rounded-full border border-control bg-sunken transition-colors group-data-selected:border-accent-fill group-data-selected:bg-accent-fill group-data-focus-visible:outline-2 group-data-focus-visible:outline-accent group-data-focus-visible:outline-offset-2"
      >
        <span className="absolute inset-y-0 start-0.5 my-auto block size-3.5 rounded-full bg-control transition-all group-data-selected:start-[1.125rem] group-data-selected:bg-on-accent" />
      </span>
    </AriaSwitch>
  );
}

/** Choices as cards, for decisions that deserve a sentence each. */
export function RadioGroup<V extends string>({
  label,
  hideLabel,
  options,
  value,
  onChange,
  description,
  orientation = "vertical",
  className,
}: {
  label: string;
  hideLabel?: boolean;
  options: readonly (Option<V> & { aside?: ReactNode })[];
  value: V | null;
  onChange: (value: V) => void;
  description?: ReactNode;
  orientation?: "vertical" | "horizontal";
  className?: string;
}) {
  return (
    <AriaRadioGroup
      value={value}
      onChange={(next) => onChange(next as V)}
      orientation={orientation}
      className={cx("block", className)}
    >
      <Label className={hideLabel ? "sr-only" : labelClass}>{label}</Label>
      {description ? (
        <Text slot="description" className="mb-2 block text-ink-3 text-xs">
          {description}
        </Text>
      ) : null}
      <div className={cx("gap-2", orientation === "vertical" ? "grid" : "flex flex-wrap")}>
        {options.map((option) => (
          <Radio
            key={option.value}
            value={option.value}
            isDisabled={option.isDisabled ?? false}
            className="group flex items-start gap-3 rounded-card border border-line bg-surface p-3 text-sm data-disabled:opacity-50 data-hovered:border-control data-selected:border-accent data-selected:bg-accent-soft data-focus-visible:outline-2 data-focus-visible:outline-accent data-focus-visible:outline-offset-2"
          >
            <span
              aria-hidden
              className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-control bg-surface group-data-selected:border-accent-fill"
            >
              <span className="hidden size-2 rounded-full bg-accent-fill group-data-selected:block" />
            </span>
            <span className="min-w-0 flex-1">
              <span className="block font-medium">{option.label}</span>
              {option.description ? (
                <span className="mt-0.5 block text-ink-2 text-xs">{option.description}</span>
              ) : null}
            </span>
            {option.aside}
          </Radio>
        ))}
      </div>
    </AriaRadioGroup>
  );
}
