// Times and money as the wizard, the review and the live view say them.
import { useIntl } from "react-intl";

/** A minute of the day as a time in the operator's format. */
export function useMinuteText(): (minute: number) => string {
  const intl = useIntl();
  return (minute) =>
    intl.formatTime(Date.UTC(2026, 0, 1, Math.floor(minute / 60), minute % 60), {
      hour: "numeric",
      minute: "2-digit",
      timeZone: "UTC",
    });
}

/** A moment with its day, in a zone. */
export function useMomentText(): (atMs: number, zone?: string) => string {
  const intl = useIntl();
  return (atMs, zone) => {
    const style = { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" } as const;
    try {
      return intl.formatDate(atMs, { ...style, timeZoneName: "short", ...(zone ? { timeZone: zone } : {}) });
    } catch {
      return intl.formatDate(atMs, style);
    }
  };
}

/** A zone as people say it: "Toronto, Eastern Time". */
export function useZoneText(): (zone: string) => string {
  const intl = useIntl();
  return (zone) => {
    const city = zone.split("/").at(-1)?.replaceAll("_", " ") ?? zone;
    try {
      const parts = new Intl.DateTimeFormat(intl.locale, { timeZone: zone, timeZoneName: "longGeneric" });
      const name = parts.formatToParts(0).find(({ type }) => type === "timeZoneName")?.value;
      return name && name !== city ? `${city}, ${name}` : city;
    } catch {
      return city;
    }
  };
}

/** An amount as the core tells it, `12.50`, with its currency. Small prices keep their decimals. */
export function useMoneyText(): (amount: string, currency: string | null) => string {
  const intl = useIntl();
  return (amount, currency) => {
    const value = Number(amount);
    const digits = amount.split(".")[1]?.length ?? 2;
    const maximumFractionDigits = Math.min(6, Math.max(2, value < 1 ? digits : 2));
    if (!currency) return intl.formatNumber(value, { minimumFractionDigits: 2, maximumFractionDigits });
    return intl.formatNumber(value, {
      style: "currency",
      currency,
      currencyDisplay: "code",
      minimumFractionDigits: 2,
      maximumFractionDigits,
    });
  };
}

/** A day or month as the core names it, `2026-10-01` or `2026-11`. */
export function useDayText(): (day: string) => string {
  const intl = useIntl();
  return (day) => {
    const [year, month, date] = day.split("-").map(Number);
    if (!year || !month) return day;
    return intl.formatDate(Date.UTC(year, month - 1, date ?? 1), {
      year: "numeric",
      month: "long",
      ...(date ? { day: "numeric" } : {}),
      timeZone: "UTC",
    });
  };
}
