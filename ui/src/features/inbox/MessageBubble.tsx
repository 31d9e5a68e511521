// One message as a bubble: what it answers, what it carries, how far it came and, in plain words, why it did not.
import { CircleAlert, CircleHelp, CircleSlash, Megaphone, Reply } from "lucide-react";
import { cx } from "../../components/cx";
import { TicksMark } from "../../components/TicksMark";
import { TimeText } from "../../components/values";
import { WhatsAppText } from "../../components/whatsappText";
import { useT } from "../../i18n/t";
import type { ThreadMessage } from "../../ipc/ipc";
import { MediaView } from "./MediaView";

export function MessageBubble({
  message,
  name,
  first,
  last,
  onQuote,
}: {
  message: ThreadMessage;
  name: string;
  first: boolean;
  last: boolean;
  /** Not given where one cannot answer now. */
  onQuote?: ((message: ThreadMessage) => void) | undefined;
}) {
  const t = useT();
  const ours = message.direction === "out";
  const onlyWords = message.media === null && message.header === null;
  return (
    <li className={cx("group/message flex flex-col", ours ? "items-end" : "items-start", first ? "mt-3" : "mt-0.5")}>
      <div className={cx("flex max-w-[min(34rem,85%)] items-center gap-1", ours && "flex-row-reverse")}>
        <div
          className={cx(
            "relative min-w-0 rounded-2xl px-3 py-2 text-phone-ink shadow-card",
            ours ? "bg-phone-own" : "bg-phone-bubble",
            last && (ours ? "rounded-ee-md" : "rounded-es-md"),
          )}
        >
          <span className="sr-only">{ours ? t("inbox.youWrote") : t("inbox.theyWrote", { name })}</span>
          {message.campaign && (
            <p className="mb-1 flex items-center gap-1 text-phone-ink-2 text-xs">
              <Megaphone aria-hidden size={12} />
              {t("inbox.fromCampaign", { campaign: message.campaign })}
            </p>
          )}
          {message.quoted && (
            <blockquote className="mb-1.5 rounded-lg border-accent border-s-3 bg-sunken/50 px-2 py-1 text-xs">
              <span className="block font-medium text-accent-strong">
                {message.quoted.direction === "out" ? t("inbox.you") : <bdi>{name}</bdi>}
              </span>
              <span className="line-clamp-2 text-phone-ink-2" dir="auto">
                {message.quoted.text}
              </span>
            </blockquote>
          )}
          {message.media && <MediaView media={message.media} caption={message.text} />}
          {message.header && (
            <p className="mb-1 break-words font-semibold" dir="auto">
              {message.header}
            </p>
          )}
          {message.text !== "" && (
            <p
              className={cx(
                "whitespace-pre-wrap break-words",
                message.media && "mt-1.5",
                message.kind === "unsupported" && "text-phone-ink-2 italic",
              )}
              dir="auto"
            >
              <WhatsAppText text={message.text} />
            </p>
          )}
          {message.footer && (
            <p className="mt-1 break-words text-phone-ink-2 text-xs" dir="auto">
              {message.footer}
            </p>
          )}
          <p
            className={cx(
              "mt-0.5 flex items-center justify-end gap-1 text-phone-ink-2 text-xs",
              onlyWords && "min-w-12",
            )}
          >
            <TimeText atMs={message.at_ms} style="time" />
            {ours && message.ticks && <TicksMark ticks={message.ticks} />}
          </p>
          {message.buttons.length > 0 && (
            <ul aria-label={t("inbox.buttons")} className="-mx-3 mt-1.5 border-phone-ink-2/20 border-t px-3 pt-1">
              {message.buttons.map((button, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no other name than their place
                <li key={i} className="py-0.5 text-center font-medium text-phone-link">
                  {button}
                </li>
              ))}
            </ul>
          )}
          {message.reaction && (
            <span className="absolute start-2 -bottom-3.5 rounded-full border border-line bg-raised px-1.5 py-0.5 text-sm leading-none shadow-card">
              <span className="sr-only">{t("inbox.reaction", { name })}</span>
              {message.reaction}
            </span>
          )}
        </div>
        {onQuote && (
          // No stop of the keyboard: sixty of them would stand before the answer. Ctrl+↑ in the answer does the same.
          <button
            type="button"
            tabIndex={-1}
            aria-label={t("inbox.quote")}
            title={t("inbox.quote")}
            onClick={() => onQuote(message)}
            className="flex size-7 shrink-0 items-center justify-center rounded-control text-phone-ink-2 opacity-0 hover:bg-phone-bubble hover:text-phone-ink group-hover/message:opacity-100"
          >
            <Reply aria-hidden size={15} className="rtl:-scale-x-100" />
          </button>
        )}
      </div>
      {message.reaction && <span className="h-3" />}
      {message.opt_out && (
        <p className="mt-1 flex items-center gap-1.5 font-medium text-attention text-xs">
          <CircleSlash aria-hidden size={13} />
          {t("inbox.readAsOptOut")}
        </p>
      )}
      {message.failure && <Failure text={message.failure} unclear={message.ticks === "unknown"} />}
    </li>
  );
}

/** Why a message did not arrive, under its bubble. */
export function Failure({ text, unclear }: { text: string; unclear: boolean }) {
  const Icon = unclear ? CircleHelp : CircleAlert;
  return (
    <p
      className={cx(
        "mt-1 flex max-w-[min(34rem,85%)] items-start gap-1.5 text-xs",
        unclear ? "text-attention" : "text-trouble",
      )}
    >
      <Icon aria-hidden size={14} className="mt-px shrink-0" />
      <span>{text}</span>
    </p>
  );
}
