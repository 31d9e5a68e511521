import { useState } from "react";
import { Switch } from "../../components/fields";
import { TemplateBubble } from "../../components/TemplateBubble";
import { useT } from "../../i18n/t";
import type { CampaignReview, TemplateRow } from "../../ipc/ipc";

/** What up to three real recipients will read. */
export function Previews({ template, review }: { template: TemplateRow; review: CampaignReview | undefined }) {
  const t = useT();
  const [dark, setDark] = useState(false);
  const previews = review?.previews ?? [];
  return (
    <section aria-label={t("wizard.preview")}>
      <div className="mb-3 flex items-center justify-between gap-4">
        <h2 className="font-semibold">{t("wizard.preview")}</h2>
        {previews.length > 0 ? (
          <Switch isSelected={dark} onChange={setDark}>
            {t("wizard.preview.dark")}
          </Switch>
        ) : null}
      </div>
      {previews.length === 0 ? <p className="text-ink-2">{t("wizard.preview.none")}</p> : null}
      <div className="grid gap-4 @lg/main:grid-cols-2 @5xl/main:grid-cols-3">
        {previews.map((preview) => (
          <div key={preview.contact_id} className="min-w-0">
            <p className="mb-1.5 truncate text-ink-2 text-xs">{preview.name}</p>
            <TemplateBubble
              label={t("wizard.preview.for", { name: preview.name })}
              phone={dark ? "dark" : "light"}
              content={{
                headerFormat: template.header_format,
                header: preview.header,
                body: preview.body,
                footer: preview.footer,
                buttons: template.buttons.length === preview.buttons.length ? template.buttons : preview.buttons,
              }}
            />
          </div>
        ))}
      </div>
    </section>
  );
}
