// When it starts, in which hours it sends, whom it leaves out and what it may cost.
import { Link } from "@tanstack/react-router";
import { CalendarClock, Coins, type LucideIcon, UserMinus } from "lucide-react";
import { type ReactNode, useId } from "react";
import { DayStrip } from "../../../components/DayStrip";
import { RadioGroup, Select, Switch, TextField } from "../../../components/fields";
import { Card } from "../../../components/Page";
import { MomentField, morningIn, TimeOfDayField } from "../../../components/when";
import { useT } from "../../../i18n/t";
import type { CampaignReview, CampaignRules, LateKind } from "../../../ipc/ipc";
import { useCommand } from "../../../ipc/queries";
import type { DraftHandle } from "../useDraft";
import { useMinuteText, useZoneText } from "../when";

const LATE: LateKind[] = ["ask", "skip", "within"];
const HOURS = ["1", "2", "3", "6", "12", "24"];

export function WhenStep({ handle, review }: { handle: DraftHandle; review: CampaignReview | undefined }) {
  const t = useT();
  const settings = useCommand("settings_get", {}, { tags: ["settings"] });
  const { draft, change } = handle;
  const { rules } = draft;
  const set = (part: Partial<CampaignRules>) => change({ rules: { ...rules, ...part } });
  const zone = settings.data?.shop_zone ?? review?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { schedule } = rules;
  const zoneText = useZoneText();
  const quiet = settings.data?.quiet_hours ?? null;
  return (
    <div className="space-y-5">
      <Part icon={CalendarClock} title={t("when.start")}>
        <RadioGroup
          label={t("when.start")}
          hideLabel
          orientation="horizontal"
          value={schedule ? "later" : "now"}
          onChange={(choice) =>
            set({
              schedule: choice === "now" ? null : { start: { local: morningIn(1), zone }, late: "ask", late_hours: 3 },
            })
          }
          options={[
            { value: "now", label: t("when.start.now"), description: t("when.start.now.help") },
            { value: "later", label: t("when.start.later"), description: t("when.start.later.help") },
          ]}
        />
        {schedule ? (
          <div className="space-y-4 border-line border-t pt-4">
            <MomentField
              label={t("when.start.at")}
              local={schedule.start.local}
              onChange={(local) => set({ schedule: { ...schedule, start: { ...schedule.start, local } } })}
              description={t("when.zone", { zone: zoneText(schedule.start.zone) })}
            />
            <RadioGroup
              label={t("when.late")}
              description={t("when.late.help")}
              value={schedule.late}
              onChange={(late) => set({ schedule: { ...schedule, late } })}
              options={LATE.map((value) => ({
                value,
                label: t(`when.late.${value}`, { hours: schedule.late_hours }),
                description: t(`when.late.${value}.help`),
              }))}
            />
            {schedule.late === "within" ? (
              <Select
                className="w-40"
                label={t("when.late.hours")}
                value={String(schedule.late_hours)}
                onChange={(hours) => set({ schedule: { ...schedule, late_hours: Number(hours) } })}
                options={HOURS.map((value) => ({ value, label: t("when.hours", { hours: Number(value) }) }))}
              />
            ) : null}
          </div>
        ) : null}
        <div className="space-y-4 border-line border-t pt-4">
          <Switch
            isSelected={rules.window !== null}
            onChange={(on) => set({ window: on ? { from_minute: 540, to_minute: 1080 } : null })}
            description={t("when.window.help", { zone: zoneText(zone) })}
          >
            {t("when.window")}
          </Switch>
          {rules.window ? (
            <div className="flex gap-4">
              <TimeOfDayField
                label={t("when.from")}
                minute={rules.window.from_minute}
                onChange={(from_minute) => rules.window && set({ window: { ...rules.window, from_minute } })}
              />
              <TimeOfDayField
                label={t("when.to")}
                minute={rules.window.to_minute}
                onChange={(to_minute) => rules.window && set({ window: { ...rules.window, to_minute } })}
              />
            </div>
          ) : null}
          {rules.window || quiet ? <DayStrip quiet={quiet} window={rules.window} /> : null}
          <Switch
            isSelected={rules.ends !== null}
            onChange={(on) => set({ ends: on ? { local: morningIn(7), zone } : null })}
            description={t("when.ends.help")}
          >
            {t("when.ends")}
          </Switch>
          {rules.ends ? (
            <MomentField
              label={t("when.ends.at")}
              local={rules.ends.local}
              onChange={(local) => rules.ends && set({ ends: { ...rules.ends, local } })}
              description={t("when.zone", { zone: zoneText(rules.ends.zone) })}
            />
          ) : null}
        </div>
      </Part>
      <Part icon={UserMinus} title={t("when.out")}>
        <Switch
          isSelected={rules.not_written_days !== null}
          onChange={(on) => set({ not_written_days: on ? 3 : null })}
          description={t("when.out.written.help")}
        >
          {t("when.out.written")}
        </Switch>
        {rules.not_written_days === null ? null : (
          <Select
            className="w-40"
            label={t("when.out.days")}
            value={String(rules.not_written_days)}
            onChange={(days) => set({ not_written_days: Number(days) })}
            options={["1", "2", "3", "5", "7", "14", "30", "90"].map((value) => ({
              value,
              label: t("when.days", { days: Number(value) }),
            }))}
          />
        )}
        <Switch
          isSelected={rules.not_in_conversation}
          onChange={(not_in_conversation) => set({ not_in_conversation })}
          description={t("when.out.talking.help")}
        >
          {t("when.out.talking")}
        </Switch>
        <Standing />
      </Part>
      <Part icon={Coins} title={t("when.budget")}>
        <TextField
          className="max-w-60"
          label={t("when.budget.amount", { currency: review?.cost.currency ?? "none" })}
          description={t("when.budget.help")}
          value={rules.budget ?? ""}
          onChange={(text) => set({ budget: text.trim() === "" ? null : text })}
          inputMode="decimal"
          isInvalid={rules.budget !== null && !/^\d+([.,]\d{1,6})?$/.test(rules.budget.trim())}
        />
      </Part>
    </div>
  );
}

/** The rules that hold for every campaign: seen here, changed in Settings. */
function Standing() {
  const t = useT();
  const minute = useMinuteText();
  const { data } = useCommand("settings_get", {}, { tags: ["settings"] });
  if (!data) return null;
  const rules = [
    data.cap_messages === null ? null : t("when.standing.cap", { messages: data.cap_messages, days: data.cap_days }),
    data.quiet_hours
      ? t("when.standing.quiet", {
          from: minute(data.quiet_hours.from_minute),
          to: minute(data.quiet_hours.to_minute),
        })
      : null,
  ].filter(Boolean);
  return (
    <div className="border-line border-t pt-4 text-sm">
      <h3 className="font-medium">{t("when.standing")}</h3>
      <p className="mt-0.5 text-ink-2">
        {rules.length > 0 ? rules.join(" ") : t("when.standing.none")}{" "}
        <Link to="/settings/$section" params={{ section: "sending" }} className="text-accent underline">
          {t("when.standing.change")}
        </Link>
      </p>
    </div>
  );
}

function Part({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Card className="space-y-4 p-5">
        <h2 id={id} className="flex items-center gap-2.5 font-semibold">
          <Icon aria-hidden size={17} className="text-accent" />
          {title}
        </h2>
        {children}
      </Card>
    </section>
  );
}
