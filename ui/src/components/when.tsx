// Times of day and moments, typed by keyboard in the operator's own format.
import { CalendarDateTime, parseDateTime, Time } from "@internationalized/date";
import type { ReactNode } from "react";
import {
  DateField as AriaDateField,
  TimeField as AriaTimeField,
  DateInput,
  DateSegment,
  FieldError,
  Label,
  Text,
} from "react-aria-components";
import { cx } from "./cx";

const box =
  "inline-flex h-9 items-center rounded-control border border-control/70 bg-surface px-2.5 text-sm text-ink data-focus-within:border-accent data-invalid:border-trouble";
const segment =
  "tabular rounded px-0.5 outline-none data-focused:bg-accent-fill data-focused:text-on-accent data-placeholder:text-ink-3 data-focused:data-placeholder:text-on-accent data-[type=literal]:text-ink-3";
const labelClass = "mb-1 block font-medium text-sm text-ink";

/** A time of day as minutes since midnight. */
export function TimeOfDayField({
  label,
  minute,
  onChange,
  className,
}: {
  label: string;
  minute: number;
  onChange: (minute: number) => void;
  className?: string;
}) {
  return (
    <AriaTimeField
      value={new Time(Math.floor(minute / 60), minute % 60)}
      onChange={(value) => {
        if (value) onChange(value.hour * 60 + value.minute);
      }}
      shouldForceLeadingZeros
      className={cx("block", className)}
    >
      <Label className={labelClass}>{label}</Label>
      <DateInput className={box}>{(part) => <DateSegment segment={part} className={segment} />}</DateInput>
    </AriaTimeField>
  );
}

/** A date and time on the wall of some zone, as `2026-12-01T09:00`. */
export function MomentField({
  label,
  local,
  onChange,
  description,
  errorMessage,
}: {
  label: string;
  local: string;
  onChange: (local: string) => void;
  description?: ReactNode;
  errorMessage?: string | undefined;
}) {
  return (
    <AriaDateField
      granularity="minute"
      value={readMoment(local)}
      onChange={(value) => {
        if (value) onChange(writeMoment(value));
      }}
      isInvalid={Boolean(errorMessage)}
      shouldForceLeadingZeros
      className="block"
    >
      <Label className={labelClass}>{label}</Label>
      <DateInput className={box}>{(part) => <DateSegment segment={part} className={segment} />}</DateInput>
      {description ? (
        <Text slot="description" className="mt-1 block text-ink-3 text-xs">
          {description}
        </Text>
      ) : null}
      <FieldError className="mt-1 block text-trouble text-xs">{errorMessage}</FieldError>
    </AriaDateField>
  );
}

function readMoment(local: string): CalendarDateTime | null {
  try {
    return parseDateTime(local);
  } catch {
    return null;
  }
}

const two = (value: number) => String(value).padStart(2, "0");

function writeMoment(value: CalendarDateTime): string {
  return `${String(value.year).padStart(4, "0")}-${two(value.month)}-${two(value.day)}T${two(value.hour)}:${two(value.minute)}`;
}

/** A moment some days ahead at nine, by the clock of this computer: what a new plan begins with. */
export function morningIn(days: number, nowMs = Date.now()): string {
  const date = new Date(nowMs + days * 86_400_000);
  return writeMoment(new CalendarDateTime(date.getFullYear(), date.getMonth() + 1, date.getDate(), 9, 0));
}
