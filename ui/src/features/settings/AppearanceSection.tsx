import { useIntl } from "react-intl";
import { ErrorNote, Skeleton } from "../../components/feedback";
import { RadioGroup, Select, Switch } from "../../components/fields";
import { Card } from "../../components/Page";
import { nearestZoom, ZOOMS } from "../../components/zoom";
import { locales } from "../../i18n/locales";
import { useT } from "../../i18n/t";
import type { Settings } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { SectionTitle } from "./parts";

/** Each choice holds at once; there is nothing to save. */
export function AppearanceSection() {
  const t = useT();
  const intl = useIntl();
  const settings = useCommand("settings_get", {}, { tags: ["settings"] });
  const update = useCommandMutation("settings_update");
  const data = settings.data;
  const change = (part: Partial<Settings>) => {
    if (data) update.mutate({ ...data, ...part });
  };
  return (
    <>
      <SectionTitle title={t("appearance.title")} />
      {settings.isError ? <ErrorNote error={settings.error} onRetry={() => void settings.refetch()} /> : null}
      {update.isError ? <ErrorNote error={update.error} className="mb-4" /> : null}
      {data ? (
        <Card className="space-y-6 p-5">
          <RadioGroup
            label={t("appearance.theme")}
            orientation="horizontal"
            value={data.theme}
            onChange={(theme) => change({ theme })}
            options={(["system", "light", "dark"] as const).map((value) => ({
              value,
              label: t(`appearance.theme.${value}`),
            }))}
          />
          <RadioGroup
            label={t("appearance.density")}
            orientation="horizontal"
            value={data.density}
            onChange={(density) => change({ density })}
            options={(["comfortable", "compact"] as const).map((value) => ({
              value,
              label: t(`appearance.density.${value}`),
            }))}
          />
          <Select
            className="max-w-sm"
            label={t("appearance.zoom")}
            description={t("appearance.zoom.help")}
            value={String(nearestZoom(data.zoom_percent))}
            onChange={(percent) => change({ zoom_percent: Number(percent) })}
            options={ZOOMS.map((percent) => ({
              value: String(percent),
              label: intl.formatNumber(percent / 100, { style: "percent" }),
            }))}
          />
          <Select
            className="max-w-sm"
            label={t("appearance.language")}
            value={data.language}
            onChange={(language) => change({ language })}
            options={[
              { value: "system", label: t("appearance.language.system") },
              ...locales.map(({ tag, name }) => ({ value: tag, label: name })),
            ]}
          />
          <Switch
            isSelected={data.notify_messages}
            onChange={(notify_messages) => change({ notify_messages })}
            description={t("appearance.notify.help")}
          >
            {t("appearance.notify")}
          </Switch>
        </Card>
      ) : (
        <Skeleton rows={4} className="h-12" />
      )}
    </>
  );
}
