import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { IconButton } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { Switch } from "../../components/fields";
import { TemplateBubble } from "../../components/TemplateBubble";
import { useT } from "../../i18n/t";
import type { RecipientPreview, TemplateRow } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";

const PER_PAGE = 3;

/** What real recipients will read, three at a time, in the order of the audience. */
export function Previews({ campaignId, template }: { campaignId: string | null; template: TemplateRow }) {
  const t = useT();
  const [dark, setDark] = useState(false);
  /** Where each page before this one began. */
  const [pages, setPages] = useState<(string | null)[]>([null]);
  const after = pages.at(-1) ?? null;
  const shown = useCommand(
    "campaign_previews",
    { id: campaignId ?? "", after, limit: PER_PAGE },
    {
      tags: ["campaigns", "contacts", "consent", "templates", "settings"],
      enabled: campaignId !== null,
      keepPrevious: true,
    },
  );
  const previews = shown.data?.rows ?? [];
  const next = shown.data?.next ?? null;
  const from = (pages.length - 1) * PER_PAGE + 1;
  return (
    <section aria-label={t("wizard.preview")}>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-4">
        <h2 className="font-semibold">{t("wizard.preview")}</h2>
        {previews.length > 0 ? (
          <div className="flex items-center gap-4">
            <Switch isSelected={dark} onChange={setDark}>
              {t("wizard.preview.dark")}
            </Switch>
            <div className="flex items-center gap-1">
              <IconButton
                size="small"
                icon={ChevronLeft}
                label={t("wizard.preview.before")}
                isDisabled={pages.length === 1}
                onPress={() => setPages(pages.slice(0, -1))}
              />
              <span role="status" className="tabular text-ink-2 text-xs">
                {t("wizard.preview.page", { from, to: from + previews.length - 1 })}
              </span>
              <IconButton
                size="small"
                icon={ChevronRight}
                label={t("wizard.preview.next")}
                isDisabled={next === null || shown.isPlaceholderData}
                onPress={() => setPages([...pages, next])}
              />
            </div>
          </div>
        ) : null}
      </div>
      {shown.isError ? <ErrorNote error={shown.error} onRetry={() => void shown.refetch()} /> : null}
      {previews.length === 0 && !shown.isError ? <p className="text-ink-2">{t("wizard.preview.none")}</p> : null}
      <div className="grid gap-4 @lg/main:grid-cols-2 @5xl/main:grid-cols-3">
        {previews.map((preview) => (
          <div key={preview.contact_id} className="min-w-0">
            <p className="mb-1.5 truncate text-ink-2 text-xs">{preview.name}</p>
            <TemplateBubble
              label={t("wizard.preview.for", { name: preview.name })}
              phone={dark ? "dark" : "light"}
              content={bubbleOf(template, preview)}
            />
          </div>
        ))}
      </div>
    </section>
  );
}

/** A recipient's message, with the kinds of its parts from the template. */
function bubbleOf(template: TemplateRow, preview: RecipientPreview) {
  return {
    headerFormat: template.header_format,
    header: preview.header,
    body: preview.body,
    footer: preview.footer,
    buttons: template.buttons.length === preview.buttons.length ? template.buttons : preview.buttons,
    buttonValues: preview.button_values,
    cards: preview.cards.map((card, at) => ({
      headerFormat: template.cards[at]?.header_format ?? null,
      body: card.body,
      buttons: template.cards[at]?.buttons ?? card.buttons,
      buttonValues: card.button_values,
    })),
  };
}
