import { useState } from "react";
import { cx } from "../../components/cx";
import { Chip } from "../../components/feedback";
import { TemplateBubble } from "../../components/TemplateBubble";
import { useT } from "../../i18n/t";
import type { TemplateRow } from "../../ipc/ipc";
import { filledBubble, sampleValues } from "./fill";
import type { TemplateGroup } from "./groups";
import { useCategoryText, useLanguageName, useQualityLook, useStatusLook } from "./words";

/** One name of the gallery: a real preview, its languages to look at, what Meta thinks of it. */
export function TemplateCard({
  group,
  selectedId,
  onOpen,
}: {
  group: TemplateGroup;
  selectedId: string | null;
  onOpen: (id: string) => void;
}) {
  const t = useT();
  const language = useLanguageName();
  const [looked, setLooked] = useState<string | null>(null);
  const isOpen = group.languages.some((row) => row.id === selectedId);
  const row = group.languages.find((one) => one.id === (looked ?? selectedId)) ?? group.languages[0];
  if (!row) return null;
  return (
    <li
      className={cx(
        "group/card relative flex flex-col overflow-hidden rounded-card border bg-surface shadow-card transition-shadow hover:shadow-float",
        isOpen ? "border-accent ring-1 ring-accent" : "border-line",
      )}
    >
      <div className="relative h-60 overflow-hidden">
        <TemplateBubble
          content={filledBubble(row, sampleValues(row))}
          label={t("templates.previewOf", { name: row.name, language: language(row.language) })}
          className="h-full overflow-hidden rounded-none"
        />
        <span aria-hidden className="absolute inset-x-0 bottom-0 h-10 bg-linear-to-t from-phone-wall to-transparent" />
      </div>
      <div className="flex flex-1 flex-col gap-2.5 border-line border-t p-4">
        <h2 className="font-semibold">
          <button
            type="button"
            data-template={row.id}
            onClick={() => onOpen(row.id)}
            className="block w-full truncate text-start after:absolute after:inset-0 after:content-['']"
            title={group.name}
          >
            {group.name}
          </button>
        </h2>
        <TemplateChips row={row} />
        {group.languages.length > 1 ? (
          <fieldset className="relative z-10 flex flex-wrap gap-1">
            <legend className="sr-only">{t("templates.languages")}</legend>
            {group.languages.map((one) => (
              <button
                key={one.id}
                type="button"
                aria-pressed={one.id === row.id}
                onClick={() => setLooked(one.id)}
                className={cx(
                  "rounded-md border px-2 py-0.5 text-xs",
                  one.id === row.id
                    ? "border-accent bg-accent-soft font-medium text-accent-strong"
                    : "border-line text-ink-2 hover:bg-hover",
                )}
              >
                {language(one.language)}
              </button>
            ))}
          </fieldset>
        ) : (
          <p className="text-ink-3 text-xs">{language(row.language)}</p>
        )}
        {row.unsendable_reason && <p className="text-ink-2 text-xs">{row.unsendable_reason}</p>}
      </div>
    </li>
  );
}

/** Category, status, and quality if Meta has an opinion. */
export function TemplateChips({ row }: { row: TemplateRow }) {
  const category = useCategoryText();
  const status = useStatusLook()(row.status);
  const quality = useQualityLook()(row.quality);
  return (
    <div className="flex flex-wrap gap-1.5">
      <Chip>{category(row.category)}</Chip>
      <Chip tone={status.tone} icon={status.icon}>
        {status.text}
      </Chip>
      {quality && (
        <Chip tone={quality.tone} icon={quality.icon}>
          {quality.text}
        </Chip>
      )}
    </div>
  );
}
