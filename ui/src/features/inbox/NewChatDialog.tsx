// A chat with anybody: somebody from the address book, or a number typed.
import { MessageSquarePlus, UserRoundPlus } from "lucide-react";
import { useRef, useState } from "react";
import { ListBox, ListBoxItem, Text } from "react-aria-components";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { ErrorNote, Skeleton } from "../../components/feedback";
import { SearchField, TextField } from "../../components/fields";
import { Dialog } from "../../components/overlays";
import { readablePhone } from "../../components/phoneNumber";
import { useT } from "../../i18n/t";
import { useCommand, useCommandMutation } from "../../ipc/queries";

/** A text that can only be meant as a number. */
export function asTypedNumber(text: string): string | null {
  const trimmed = text.trim();
  return /^\+?[\d\s().-]{7,}$/.test(trimmed) ? trimmed : null;
}

export function NewChatDialog({
  isOpen,
  onClose,
  onStarted,
}: {
  isOpen: boolean;
  onClose: () => void;
  onStarted: (contactId: string) => void;
}) {
  return isOpen ? <OpenDialog onClose={onClose} onStarted={onStarted} /> : null;
}

function OpenDialog({ onClose, onStarted }: { onClose: () => void; onStarted: (contactId: string) => void }) {
  const t = useT();
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const number = asTypedNumber(text);
  const people = useCommand(
    "contact_list",
    { search: text.trim() === "" ? null : text.trim(), filter: "all", import_id: null, offset: 0, limit: 30 },
    { tags: ["contacts"], keepPrevious: true },
  );
  const start = useCommandMutation("chat_start");
  const begin = (contactId: string | null) =>
    start.mutate(
      {
        contact_id: contactId,
        phone: contactId ? null : number,
        name: contactId || name.trim() === "" ? null : name.trim(),
      },
      { onSuccess: (thread) => onStarted(thread.row.contact_id) },
    );
  const rows = people.data?.rows ?? [];

  return (
    <Dialog isOpen onClose={onClose} title={t("inbox.new.title")}>
      <p className="mb-3 text-ink-2">{t("inbox.new.help")}</p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: from the field, the arrow leads into the list below */}
      <div
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            list.current?.querySelector<HTMLElement>("[role=option]")?.focus();
          } else if (event.key === "Enter" && number && !start.isPending) begin(null);
        }}
      >
        <SearchField isPageSearch={false} label={t("inbox.new.search")} value={text} onChange={setText} autoFocus />
      </div>
      {start.error && <ErrorNote error={start.error} className="mt-3" />}
      {number && (
        <div className="mt-3 rounded-card bg-accent-soft p-4">
          <p className="flex items-center gap-2 font-medium">
            <UserRoundPlus aria-hidden size={17} className="text-accent" />
            <bdi>{t("inbox.new.number", { phone: number })}</bdi>
          </p>
          <div className="mt-3 flex flex-wrap items-end gap-3">
            <TextField label={t("inbox.new.name")} value={name} onChange={setName} className="min-w-48 flex-1" />
            <Button variant="primary" icon={MessageSquarePlus} isPending={start.isPending} onPress={() => begin(null)}>
              {t("inbox.new.start")}
            </Button>
          </div>
          <p className="mt-2 text-ink-2 text-xs">{t("inbox.new.consent")}</p>
        </div>
      )}
      <div ref={list} className="mt-3">
        {people.isPending ? (
          <Skeleton rows={4} className="h-11" />
        ) : people.error ? (
          <ErrorNote error={people.error} onRetry={() => void people.refetch()} />
        ) : (
          <ListBox
            aria-label={t("inbox.new.people")}
            items={rows}
            selectionMode="none"
            onAction={(id) => begin(String(id))}
            renderEmptyState={() =>
              number ? null : <p className="px-2 py-6 text-center text-ink-2">{t("inbox.new.none")}</p>
            }
            className="max-h-80 overflow-y-auto outline-none"
          >
            {(row) => (
              <ListBoxItem
                id={row.id}
                textValue={row.name}
                className="flex items-center gap-3 rounded-control px-2 py-1.5 data-focused:bg-hover data-hovered:bg-hover data-focus-visible:outline-2 data-focus-visible:-outline-offset-2 data-focus-visible:outline-accent"
              >
                <Avatar name={row.name} size="small" />
                <Text slot="label" className="min-w-0 flex-1 truncate font-medium">
                  <bdi>{readablePhone(row.name)}</bdi>
                </Text>
                <Text slot="description" className="shrink-0 text-ink-3 text-xs">
                  <bdi className="tabular">
                    {row.phone ? readablePhone(row.phone) : row.username ? `@${row.username}` : ""}
                  </bdi>
                </Text>
              </ListBoxItem>
            )}
          </ListBox>
        )}
      </div>
    </Dialog>
  );
}
