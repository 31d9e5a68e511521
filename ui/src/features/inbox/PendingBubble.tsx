import { Button } from "../../components/Button";
import { TicksMark } from "../../components/TicksMark";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import { setDraft } from "./drafts";
import { Failure } from "./MessageBubble";
import { dropOutgoing, type Outgoing, repeatReply } from "./outgoing";

/** A message that the core has not answered for yet, or refused. */
export function PendingBubble({ contactId, message }: { contactId: string; message: Outgoing }) {
  const t = useT();
  const ipc = useIpc();
  return (
    <li className="mt-0.5 flex flex-col items-end">
      <div className="max-w-[min(34rem,85%)] rounded-2xl rounded-ee-md bg-phone-own px-3 py-2 text-phone-ink shadow-card">
        <span className="sr-only">{t("inbox.youWrote")}</span>
        <p className="whitespace-pre-wrap break-words" dir="auto">
          {message.text}
        </p>
        <p className="mt-0.5 flex justify-end text-phone-ink-2 text-xs">
          <TicksMark ticks={message.error ? "failed" : (message.taken?.ticks ?? "pending")} />
        </p>
      </div>
      {message.error && (
        <div role="alert" className="flex flex-col items-end">
          <Failure text={`${message.error.message} ${message.error.remedy}`} unclear={false} />
          <div className="mt-1 flex gap-1">
            <Button size="small" variant="quiet" onPress={() => void repeatReply(ipc, contactId, message.key)}>
              {t("common.retry")}
            </Button>
            <Button
              size="small"
              variant="quiet"
              onPress={() => {
                setDraft(contactId, message.text);
                dropOutgoing(contactId, [message.key]);
              }}
            >
              {t("inbox.editAgain")}
            </Button>
            <Button size="small" variant="quiet" onPress={() => dropOutgoing(contactId, [message.key])}>
              {t("inbox.discard")}
            </Button>
          </div>
        </div>
      )}
    </li>
  );
}
