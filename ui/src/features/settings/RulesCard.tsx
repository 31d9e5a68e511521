// The rules that every campaign keeps: how often, in which hours, what is kept back.
import { Moon } from "lucide-react";
import { DayStrip } from "../../components/DayStrip";
import { Select, Switch } from "../../components/fields";
import { Card } from "../../components/Page";
import { TimeOfDayField } from "../../components/when";
import { useT } from "../../i18n/t";
import type { Settings } from "../../ipc/ipc";

export type Rules = Pick<
  Settings,
  "cap_messages" | "cap_days" | "quiet_hours" | "rules_for_utility" | "shop_zone" | "utility_reserve_percent"
>;

const zones = (): string[] => {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    return [...new Set([own, ...Intl.supportedValuesOf("timeZone")])];
  } catch {
    return [own];
  }
};

/** Shares to choose from, with the one that was set elsewhere. */
const shares = (set: number): number[] => [...new Set([0, 5, 10, 20, 30, 50, set])].sort((a, b) => a - b);

export function RulesCard({ rules, onChange }: { rules: Rules; onChange: (part: Partial<Rules>) => void }) {
  const t = useT();
  const quiet = rules.quiet_hours;
  return (
    <Card className="space-y-5 p-5" label={t("rules.title")}>
      <div>
        <h3 className="flex items-center gap-2.5 font-semibold">
          <Moon aria-hidden size={17} className="text-accent" />
          {t("rules.title")}
        </h3>
        <p className="mt-0.5 text-ink-3 text-xs">{t("rules.lead")}</p>
      </div>
      <Switch
        isSelected={rules.cap_messages !== null}
        onChange={(on) => onChange({ cap_messages: on ? 2 : null })}
        description={t("rules.cap.help")}
      >
        {t("rules.cap")}
      </Switch>
      {rules.cap_messages === null ? null : (
        <div className="flex flex-wrap gap-4">
          <Select
            className="w-40"
            label={t("rules.cap.messages")}
            value={String(rules.cap_messages)}
            onChange={(value) => onChange({ cap_messages: Number(value) })}
            options={["1", "2", "3", "4", "5", "7", "10"].map((value) => ({
              value,
              label: t("rules.cap.count", { count: Number(value) }),
            }))}
          />
          <Select
            className="w-40"
            label={t("rules.cap.days")}
            value={String(rules.cap_days)}
            onChange={(value) => onChange({ cap_days: Number(value) })}
            options={["1", "2", "3", "7", "14", "30"].map((value) => ({
              value,
              label: t("when.days", { days: Number(value) }),
            }))}
          />
        </div>
      )}
      <Switch
        isSelected={quiet !== null}
        onChange={(on) => onChange({ quiet_hours: on ? { from_minute: 1260, to_minute: 480 } : null })}
        description={t("rules.quiet.help")}
      >
        {t("rules.quiet")}
      </Switch>
      {quiet ? (
        <div className="flex flex-wrap gap-4">
          <TimeOfDayField
            label={t("when.from")}
            minute={quiet.from_minute}
            onChange={(from_minute) => onChange({ quiet_hours: { ...quiet, from_minute } })}
          />
          <TimeOfDayField
            label={t("when.to")}
            minute={quiet.to_minute}
            onChange={(to_minute) => onChange({ quiet_hours: { ...quiet, to_minute } })}
          />
        </div>
      ) : null}
      {quiet ? <DayStrip quiet={quiet} window={null} /> : null}
      <Switch
        isSelected={rules.rules_for_utility}
        onChange={(rules_for_utility) => onChange({ rules_for_utility })}
        description={t("rules.utility.help")}
      >
        {t("rules.utility")}
      </Switch>
      <div className="grid gap-5 border-line border-t pt-5 @lg/main:grid-cols-2">
        <Select
          label={t("rules.zone")}
          description={t("rules.zone.help")}
          value={rules.shop_zone ?? "system"}
          onChange={(value) => onChange({ shop_zone: value === "system" ? null : value })}
          options={[
            { value: "system", label: t("rules.zone.system") },
            ...zones().map((value) => ({ value, label: value.replaceAll("_", " ") })),
          ]}
        />
        <Select
          label={t("rules.reserve")}
          description={t("rules.reserve.help")}
          value={String(rules.utility_reserve_percent)}
          onChange={(value) => onChange({ utility_reserve_percent: Number(value) })}
          options={shares(rules.utility_reserve_percent).map((percent) => ({
            value: String(percent),
            label: percent === 0 ? t("rules.reserve.none") : t("rules.reserve.percent", { percent }),
          }))}
        />
      </div>
    </Card>
  );
}
