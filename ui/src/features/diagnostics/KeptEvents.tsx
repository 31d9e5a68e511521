// Webhooks kept as received, because something in them was not understood or has no use here yet.
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { Card } from "../../components/Page";
import { TimeText, useTimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import { useCommand } from "../../ipc/queries";

/** While one looks, every so often; keeping an event raw changes nothing that a screen shows. */
const POLL_MS = 10_000;

export function KeptEvents({ onOpen, isPending }: { onOpen: (id: string) => void; isPending: boolean }) {
  const t = useT();
  const time = useTimeText();
  const kept = useCommand("kept_event_list", {}, { tags: ["relay"], everyMs: POLL_MS });
  if (kept.isError) return <ErrorNote error={kept.error} onRetry={() => void kept.refetch()} />;
  if (!kept.data || kept.data.items.length === 0) return null;
  const { items, total } = kept.data;
  return (
    <Card className="overflow-x-auto">
      <table className="w-full">
        <caption className="px-5 pt-4 pb-2 text-start font-semibold text-base">{t("diagnostics.kept")}</caption>
        <thead>
          <tr className="border-line border-b text-ink-3 text-xs">
            {(["diagnostics.kept.field", "diagnostics.kept.why", "diagnostics.kept.when"] as const).map((id) => (
              <th key={id} scope="col" className="px-5 py-2 text-start font-medium">
                {t(id)}
              </th>
            ))}
            <td className="px-5 py-2" />
          </tr>
        </thead>
        <tbody>
          {items.map((event) => (
            <tr key={event.id} className="border-line border-b align-top last:border-b-0">
              <th scope="row" className="px-5 py-3 text-start font-medium">
                {event.field}
              </th>
              <td className="px-5 py-3 text-ink-2">{event.reason}</td>
              <td className="whitespace-nowrap px-5 py-3 text-ink-2">
                <TimeText atMs={event.received_at_ms} style="relative" />
              </td>
              <td className="px-5 py-2 text-end">
                <Button
                  size="small"
                  isDisabled={isPending}
                  aria-label={t("diagnostics.kept.open.of", {
                    field: event.field,
                    when: time(event.received_at_ms, "full"),
                  })}
                  onPress={() => onOpen(event.id)}
                >
                  {t("diagnostics.kept.open")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {total > items.length ? (
        <p className="px-5 py-3 text-ink-2">{t("diagnostics.kept.more", { more: total - items.length })}</p>
      ) : null}
    </Card>
  );
}
