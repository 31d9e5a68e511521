import { ErrorNote, Skeleton } from "../../components/feedback";
import { RadioGroup, Select, Switch } from "../../components/fields";
import { Card } from "../../components/Page";
import { Count } from "../../components/values";
import { useT } from "../../i18n/t";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { SectionTitle } from "./parts";

const SPEEDS = ["1", "10", "60"] as const;
const FIGURES = ["sent", "delivered", "read", "replied", "failed", "withheld", "stopped", "twice"] as const;

export function PracticeSection() {
  const t = useT();
  const settings = useCommand("practice_settings_get", {}, { tags: ["settings"] });
  const update = useCommandMutation("practice_settings_update");
  const ledger = useCommand("practice_ledger_summary", {}, { tags: ["campaigns", "inbox"], everyMs: 5_000 });
  const data = settings.data;
  return (
    <>
      <SectionTitle title={t("practice.title")} lead={t("practice.lead")} />
      {settings.isError ? <ErrorNote error={settings.error} onRetry={() => void settings.refetch()} /> : null}
      {update.isError ? <ErrorNote error={update.error} className="mb-4" /> : null}
      {data ? (
        <Card className="space-y-6 p-5">
          <Switch
            isSelected={data.auto}
            onChange={(auto) => update.mutate({ ...data, auto })}
            description={t("practice.auto.help")}
          >
            {t("practice.auto")}
          </Switch>
          <RadioGroup
            label={t("practice.mood")}
            value={data.mood}
            onChange={(mood) => update.mutate({ ...data, mood })}
            options={(["mild", "rough"] as const).map((value) => ({
              value,
              label: t(`practice.mood.${value}`),
              description: t(`practice.mood.${value}.help`),
            }))}
          />
          <Select
            className="max-w-xs"
            label={t("practice.speed")}
            value={SPEEDS.find((speed) => Number(speed) === data.speed) ?? null}
            placeholder={`${data.speed}×`}
            onChange={(speed) => update.mutate({ ...data, speed: Number(speed) })}
            options={SPEEDS.map((value) => ({ value, label: t(`practice.speed.${value}`) }))}
          />
        </Card>
      ) : (
        <Skeleton rows={4} className="h-12" />
      )}
      <section aria-label={t("practice.ledger")} className="mt-8">
        <h3 className="font-semibold">{t("practice.ledger")}</h3>
        <p className="mb-3 text-ink-2">{t("practice.ledger.lead")}</p>
        {ledger.isError ? <ErrorNote error={ledger.error} onRetry={() => void ledger.refetch()} /> : null}
        {ledger.data ? (
          <dl className="grid grid-cols-2 gap-3 @lg/main:grid-cols-4">
            {FIGURES.map((key) => (
              <div key={key} className="flex flex-col-reverse rounded-card border border-line bg-surface px-4 py-3">
                <dt className="text-ink-3 text-xs">{t(`practice.ledger.${key}`)}</dt>
                <dd className="font-semibold text-lg">
                  <Count value={ledger.data[key]} />
                </dd>
              </div>
            ))}
          </dl>
        ) : null}
      </section>
    </>
  );
}
