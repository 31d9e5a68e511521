import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote, Skeleton } from "../../components/feedback";
import { Select, Switch, TextArea, TextField } from "../../components/fields";
import { Card } from "../../components/Page";
import { useT } from "../../i18n/t";
import type { Settings } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { NumberLimits } from "./NumberLimits";
import { SectionTitle } from "./parts";
import { type Rules, RulesCard } from "./RulesCard";

export function SendingSection() {
  const t = useT();
  const settings = useCommand("settings_get", {}, { tags: ["settings"] });
  return (
    <>
      <SectionTitle title={t("sending.title")} />
      {settings.isError ? <ErrorNote error={settings.error} onRetry={() => void settings.refetch()} /> : null}
      {settings.data ? <SendingForm settings={settings.data} /> : <Skeleton rows={5} className="h-12" />}
      <NumberLimits />
    </>
  );
}

function SendingForm({ settings }: { settings: Settings }) {
  const t = useT();
  const [form, setForm] = useState(() => ({
    rate: settings.max_send_rate?.toString() ?? "",
    region: settings.default_region ?? "",
    hold: settings.unreachable_hold_days.toString(),
    confirm: settings.confirm_opt_out,
    wording: settings.opt_out_confirmation,
    phones: settings.test_phones.join("\n"),
    onClose: settings.on_close,
    rules: {
      cap_messages: settings.cap_messages,
      cap_days: settings.cap_days,
      quiet_hours: settings.quiet_hours,
      rules_for_utility: settings.rules_for_utility,
      shop_zone: settings.shop_zone,
      utility_reserve_percent: settings.utility_reserve_percent,
    } satisfies Rules as Rules,
  }));
  const save = useCommandMutation("settings_update");
  const set =
    <K extends keyof typeof form>(field: K) =>
    (value: (typeof form)[K]) => {
      setForm({ ...form, [field]: value });
      save.reset();
    };
  const rateOk = form.rate === "" || /^[1-9]\d{0,3}$/.test(form.rate);
  const regionOk = form.region === "" || /^[A-Za-z]{2}$/.test(form.region);
  const holdOk = /^\d{1,3}$/.test(form.hold);
  return (
    <form
      className="space-y-6"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({
          ...settings,
          max_send_rate: form.rate === "" ? null : Number(form.rate),
          default_region: form.region === "" ? null : form.region.toUpperCase(),
          unreachable_hold_days: Number(form.hold),
          confirm_opt_out: form.confirm,
          opt_out_confirmation: form.wording,
          test_phones: form.phones
            .split("\n")
            .map((line) => line.replace(/[^\d+]/g, ""))
            .filter(Boolean),
          on_close: form.onClose,
          ...form.rules,
        });
      }}
    >
      <RulesCard rules={form.rules} onChange={(part) => set("rules")({ ...form.rules, ...part })} />
      <Card className="grid gap-5 p-5 @lg/main:grid-cols-2">
        <TextField
          label={t("sending.rate")}
          description={t("sending.rate.help")}
          value={form.rate}
          onChange={set("rate")}
          inputMode="numeric"
          isInvalid={!rateOk}
        />
        <TextField
          label={t("sending.region")}
          description={t("sending.region.help")}
          value={form.region}
          onChange={set("region")}
          maxLength={2}
          isInvalid={!regionOk}
        />
        <TextField
          label={t("sending.hold")}
          description={t("sending.hold.help")}
          value={form.hold}
          onChange={set("hold")}
          inputMode="numeric"
          isInvalid={!holdOk}
        />
        <Select
          label={t("sending.close")}
          value={form.onClose}
          onChange={set("onClose")}
          options={(["ask", "tray", "pause_and_quit"] as const).map((value) => ({
            value,
            label: t(`sending.close.${value}`),
          }))}
        />
      </Card>
      <Card className="space-y-4 p-5">
        <Switch isSelected={form.confirm} onChange={set("confirm")} description={t("sending.confirm.help")}>
          {t("sending.confirm")}
        </Switch>
        {form.confirm ? (
          <TextArea label={t("sending.confirm.text")} value={form.wording} onChange={set("wording")} rows={2} />
        ) : null}
      </Card>
      <Card className="p-5">
        <TextArea
          label={t("sending.phones")}
          description={t("sending.phones.help")}
          value={form.phones}
          onChange={set("phones")}
        />
      </Card>
      {save.isError ? <ErrorNote error={save.error} /> : null}
      <div className="flex items-center gap-3">
        <Button type="submit" variant="primary" isDisabled={!rateOk || !regionOk || !holdOk} isPending={save.isPending}>
          {t("sending.save")}
        </Button>
        <span role="status" className="text-good text-sm">
          {save.isSuccess ? t("settings.saved") : ""}
        </span>
      </div>
    </form>
  );
}
