// A webhook in words: pasted, dropped as a file, or one of those that are kept because they were not understood.
import { useSearch } from "@tanstack/react-router";
import { CircleHelp, FolderOpen } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { Chip, ErrorNote } from "../../components/feedback";
import { TextArea } from "../../components/fields";
import { Card } from "../../components/Page";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import type { ExplainedEvent, WebhookExplanation } from "../../ipc/ipc";
import { useCommandMutation } from "../../ipc/queries";
import { readable } from "../templates/words";
import { KeptEvents } from "./KeptEvents";

/** More than anybody reads; the rest is counted, and the command line shows all. */
const SHOWN = 300;

export function Webhooks() {
  const t = useT();
  const ipc = useIpc();
  const { payload } = useSearch({ strict: false });
  const [text, setText] = useState("");
  const explain = useCommandMutation("webhook_explain");
  const kept = useCommandMutation("kept_event_get");
  const outcome = useRef<HTMLDivElement>(null);
  const { mutate } = explain;

  const explainText = (whole: string) => mutate({ text: whole, path: null, limit: SHOWN });
  const choose = async () => {
    const path = await ipc.chooseFile({
      title: t("diagnostics.webhook.choose"),
      filters: [{ name: t("diagnostics.webhook.filter"), extensions: ["json", "jsonl", "ndjson", "txt"] }],
    });
    if (!path) return;
    setText("");
    mutate({ text: null, path, limit: SHOWN });
  };
  // A file that was dropped on the window.
  useEffect(() => {
    if (payload) mutate({ text: null, path: payload, limit: SHOWN });
  }, [payload, mutate]);
  // The answer stands below what was asked, so the eye and the screen reader are led to it.
  useEffect(() => {
    if (explain.isSuccess || explain.isError) outcome.current?.focus();
  }, [explain.isSuccess, explain.isError]);

  return (
    <>
      <KeptEvents
        isPending={kept.isPending}
        onOpen={(id) =>
          kept.mutate(
            { id },
            {
              onSuccess: ({ text: whole }) => {
                setText(whole);
                explainText(whole);
              },
            },
          )
        }
      />
      {kept.isError ? <ErrorNote error={kept.error} /> : null}
      <Card className="p-5" label={t("diagnostics.webhook.title")}>
        <h2 className="font-semibold text-base">{t("diagnostics.webhook.title")}</h2>
        <p className="mt-1 mb-4 max-w-prose text-ink-2">{t("diagnostics.webhook.lead")}</p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            explainText(text);
          }}
        >
          <TextArea
            className="[&_textarea]:font-mono [&_textarea]:text-xs"
            label={t("diagnostics.webhook.payload")}
            description={t("diagnostics.webhook.payload.help")}
            rows={6}
            spellCheck="false"
            value={text}
            onChange={setText}
          />
          <div className="mt-3 flex flex-wrap gap-2">
            <Button type="submit" variant="primary" isDisabled={text.trim() === ""} isPending={explain.isPending}>
              {t("diagnostics.webhook.explain")}
            </Button>
            <Button icon={FolderOpen} onPress={() => void choose()}>
              {t("diagnostics.webhook.choose")}
            </Button>
          </div>
        </form>
        <div ref={outcome} tabIndex={-1} className="mt-5 outline-none empty:hidden">
          {explain.isError ? <ErrorNote error={explain.error} /> : null}
          {explain.data ? <Explanation explanation={explain.data} /> : null}
        </div>
      </Card>
    </>
  );
}

function Explanation({ explanation }: { explanation: WebhookExplanation }) {
  const t = useT();
  const { total, unknown, payloads, events } = explanation;
  return (
    <section aria-label={t("diagnostics.webhook.result")}>
      <p role="status" className="mb-3 font-semibold">
        {t("diagnostics.webhook.summary", { total, unknown, payloads })}
      </p>
      <ol className="divide-y divide-line rounded-card border border-line">
        {events.map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an answer never changes its order
          <Event key={index} event={event} inMany={payloads > 1} />
        ))}
      </ol>
      {total > events.length ? (
        <p className="mt-3 text-ink-2">{t("diagnostics.webhook.more", { more: total - events.length })}</p>
      ) : null}
    </section>
  );
}

function Event({ event, inMany }: { event: ExplainedEvent; inMany: boolean }) {
  const t = useT();
  return (
    <li className="space-y-1 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">{readable(event.kind)}</span>
        {event.detail ? <Chip>{event.detail}</Chip> : null}
        {event.unknown ? (
          <Chip tone="attention" icon={CircleHelp}>
            {t("diagnostics.webhook.unknown")}
          </Chip>
        ) : null}
        <span className="text-ink-3 text-xs">
          {event.field}
          {inMany ? ` · ${t("diagnostics.webhook.place", { place: event.payload })}` : null}
        </span>
        {event.at_ms === null ? null : (
          <TimeText atMs={event.at_ms} style="full" className="ms-auto text-ink-3 text-xs" />
        )}
      </div>
      <p className="break-words text-ink-2">
        <bdi>{event.who}</bdi>
      </p>
      <p className="break-words">
        <bdi>{event.effect}</bdi>
      </p>
      {event.reason === null ? null : (
        <p className="break-words text-attention">
          <bdi>{t("diagnostics.webhook.reason", { reason: event.reason })}</bdi>
        </p>
      )}
      {event.raw === null ? null : (
        <details>
          <summary className="cursor-pointer text-ink-2 text-xs">{t("diagnostics.webhook.raw")}</summary>
          <pre className="mt-2 max-h-64 overflow-auto whitespace-pre-wrap break-all rounded-control bg-sunken p-3 text-xs">
            {event.raw}
          </pre>
        </details>
      )}
    </li>
  );
}
