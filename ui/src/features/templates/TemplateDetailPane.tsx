// One template whole: on a light and a dark phone, what it wants filled in, what happened to it, and the raw JSON.
import { useNavigate } from "@tanstack/react-router";
import { CircleAlert, Copy, Megaphone, Shuffle, X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { cx } from "../../components/cx";
import { ErrorNote, Note, Skeleton } from "../../components/feedback";
import { SegmentedControl } from "../../components/SegmentedControl";
import { Tabs } from "../../components/Tabs";
import { TemplateBubble } from "../../components/TemplateBubble";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { TemplateDetail, TemplateRow } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import { filledBubble, sampleValues } from "./fill";
import { TemplateChips } from "./TemplateCard";
import { readable, useCategoryText, useLanguageName } from "./words";

export function TemplateDetailPane({
  templateId,
  siblings,
  onOpen,
  onClose,
}: {
  templateId: string;
  siblings: readonly TemplateRow[];
  onOpen: (id: string) => void;
  onClose: () => void;
}) {
  const t = useT();
  const detail = useCommand("template_get", { id: templateId }, { tags: ["templates"] });
  if (detail.error && !detail.data) {
    return (
      <div className="space-y-3 p-6">
        <div className="text-end">
          <IconButton label={t("templates.close")} icon={X} onPress={onClose} />
        </div>
        <ErrorNote error={detail.error} onRetry={() => void detail.refetch()} />
      </div>
    );
  }
  if (!detail.data) {
    return (
      <div className="space-y-4 p-6">
        <Skeleton className="h-8 w-56" />
        <Skeleton className="h-80 rounded-card" />
      </div>
    );
  }
  return <Detail detail={detail.data} siblings={siblings} onOpen={onOpen} onClose={onClose} />;
}

function Detail({
  detail,
  siblings,
  onOpen,
  onClose,
}: {
  detail: TemplateDetail;
  siblings: readonly TemplateRow[];
  onOpen: (id: string) => void;
  onClose: () => void;
}) {
  const t = useT();
  const navigate = useNavigate();
  const category = useCategoryText();
  const language = useLanguageName();
  const row = detail.template;
  const [values, setValues] = useState<"samples" | "names">("samples");
  const others = siblings.filter((one) => one.name === row.name);
  const content = filledBubble(row, values === "samples" ? sampleValues(row) : new Map());
  return (
    <div className="@container/pane p-6">
      <header className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="break-words font-semibold text-xl leading-7 tracking-tight">{row.name}</h2>
          <p className="mb-2 text-ink-2">{language(row.language)}</p>
          <TemplateChips row={row} />
        </div>
        <IconButton label={t("templates.close")} icon={X} onPress={onClose} />
      </header>

      {others.length > 1 && (
        <SegmentedControl
          label={t("templates.languages")}
          options={others.map((one) => ({ value: one.id, label: language(one.language) }))}
          value={row.id}
          onChange={onOpen}
          className="mt-4"
        />
      )}

      <div className="mt-4 space-y-3">
        {row.unsendable_reason && (
          <Note tone={row.status === "PENDING" ? "neutral" : "trouble"} icon={CircleAlert}>
            <p className="font-medium">{row.unsendable_reason}</p>
            {detail.rejected_reason && detail.rejected_reason !== "NONE" && (
              <p className="mt-0.5 text-ink-2">
                {t("templates.rejectedReason")} {readable(detail.rejected_reason)}
              </p>
            )}
          </Note>
        )}
        {row.correct_category && row.correct_category !== row.category && (
          <Note tone="attention" icon={Shuffle}>
            {t("templates.categoryChange", { from: category(row.category), to: category(row.correct_category) })}
          </Note>
        )}
        {row.sendable && row.category !== "authentication" && (
          <Button
            variant="primary"
            icon={Megaphone}
            onPress={() => void navigate({ to: "/campaigns/new", search: { template: row.id } })}
          >
            {t("templates.useInCampaign")}
          </Button>
        )}
      </div>

      <Tabs
        label={t("templates.detail")}
        className="mt-5"
        tabs={[
          {
            id: "preview",
            label: t("templates.tab.preview"),
            content: (
              <div className="space-y-4">
                {row.variables.length > 0 && (
                  <SegmentedControl
                    label={t("templates.values")}
                    options={[
                      { value: "samples", label: t("templates.values.samples") },
                      { value: "names", label: t("templates.values.names") },
                    ]}
                    value={values}
                    onChange={setValues}
                    className="w-fit"
                  />
                )}
                <div className="grid gap-4 @min-[30rem]/pane:grid-cols-2">
                  <TemplateBubble content={content} phone="light" label={t("bubble.lightPhone")} />
                  <TemplateBubble content={content} phone="dark" label={t("bubble.darkPhone")} />
                </div>
                <Variables row={row} />
              </div>
            ),
          },
          {
            id: "history",
            label: t("templates.tab.history"),
            content: <History detail={detail} />,
          },
          { id: "json", label: t("templates.tab.json"), content: <Json text={detail.components_json} /> },
        ]}
      />
    </div>
  );
}

function Variables({ row }: { row: TemplateRow }) {
  const t = useT();
  if (row.variables.length === 0) return <p className="text-ink-2">{t("templates.noVariables")}</p>;
  const samples = sampleValues(row);
  return (
    <table className="w-full text-start">
      <caption className="mb-1 text-start font-semibold">{t("templates.variables")}</caption>
      <thead>
        <tr className="border-line border-b text-ink-3 text-xs">
          <th scope="col" className="py-1.5 text-start font-medium">
            {t("templates.variable")}
          </th>
          <th scope="col" className="py-1.5 text-start font-medium">
            {t("templates.sample")}
          </th>
        </tr>
      </thead>
      <tbody>
        {row.variables.map((key) => (
          <tr key={key} className="border-line border-b">
            <td className="py-1.5">
              <code className="rounded bg-sunken px-1.5 py-0.5 text-xs">{key}</code>
            </td>
            <td className="break-words py-1.5 text-ink-2">
              <bdi>{samples.get(key) || t("templates.noSample")}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const DOTS: Record<string, string> = { status: "bg-accent", quality: "bg-good", category: "bg-attention" };

function History({ detail }: { detail: TemplateDetail }) {
  const t = useT();
  if (detail.history.length === 0) return <p className="text-ink-2">{t("templates.noHistory")}</p>;
  return (
    <ol>
      {detail.history.map((event, index) => (
        <li key={`${event.at_ms} ${event.kind} ${event.text}`} className="relative flex gap-3 pb-4">
          {index < detail.history.length - 1 && (
            <span aria-hidden className="absolute start-[0.3125rem] top-4 bottom-0 w-px bg-line" />
          )}
          <span aria-hidden className={cx("mt-1.5 size-2.5 shrink-0 rounded-full", DOTS[event.kind] ?? "bg-control")} />
          <div>
            <p>{event.text}</p>
            <p className="text-ink-3 text-xs">
              <TimeText atMs={event.at_ms} style="date" /> · <TimeText atMs={event.at_ms} style="time" />
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}

function Json({ text }: { text: string }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  const pretty = prettyJson(text);
  return (
    <div className="relative">
      <Button
        size="small"
        icon={Copy}
        className="absolute end-2 top-2"
        onPress={() => {
          void navigator.clipboard.writeText(pretty).then(
            () => setCopied(true),
            () => setCopied(false),
          );
        }}
      >
        {copied ? t("common.copied") : t("common.copy")}
      </Button>
      <section
        aria-label={t("templates.tab.json")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className="max-h-128 overflow-auto rounded-card bg-sunken p-4 pt-11"
      >
        <pre dir="ltr" className="text-xs leading-5">
          {pretty}
        </pre>
      </section>
    </div>
  );
}

/** What Meta returned, indented; as it is if it cannot be read. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
