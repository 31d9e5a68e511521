import { Reply } from "lucide-react";
import { cx } from "../../components/cx";
import { TicksMark } from "../../components/TicksMark";
import { TimeText } from "../../components/values";
import { WhatsAppText } from "../../components/whatsappText";
import { useT } from "../../i18n/t";
import type { PhoneMessage } from "../../ipc/ipc";

/** A message on the customer's phone; its quick replies can be tapped. */
export function PhoneBubble({
  message,
  canTap,
  onTap,
}: {
  message: PhoneMessage;
  canTap: boolean;
  onTap: (button: number) => void;
}) {
  const t = useT();
  const own = message.from_customer;
  return (
    <li className={cx("flex", own ? "justify-end" : "justify-start")}>
      <div
        className={cx(
          "max-w-[88%] overflow-hidden rounded-xl shadow-card",
          own ? "rounded-se-sm bg-phone-own" : "rounded-ss-sm bg-phone-bubble",
        )}
      >
        <span className="sr-only">{own ? t("phone.you") : t("phone.them")}</span>
        {message.image_data_url && (
          <img
            src={message.image_data_url}
            alt={message.text === "" ? t("phone.photoAlt") : message.text}
            className="block aspect-4/3 w-64 max-w-full object-cover p-1 [border-radius:0.8rem]"
          />
        )}
        <div className="px-2.5 py-1.5">
          {message.header && (
            <p dir="auto" className="mb-1 break-words font-semibold">
              {message.header}
            </p>
          )}
          {message.text !== "" && <WhatsAppText text={message.text} />}
          {message.footer && (
            <p dir="auto" className="mt-1 break-words text-phone-ink-2 text-xs">
              {message.footer}
            </p>
          )}
          <p className="flex items-center justify-end gap-1 text-[0.6875rem] text-phone-ink-2">
            <TimeText atMs={message.at_ms} style="time" />
            {own && message.ticks && <TicksMark ticks={message.ticks} size={14} />}
          </p>
        </div>
        {message.buttons.map((button, index) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: buttons are told apart by their place
            key={index}
            type="button"
            disabled={!canTap}
            onClick={() => onTap(index)}
            className="focus-inset flex w-full items-center justify-center gap-2 border-phone-ink/10 border-t px-3 py-2 font-medium text-phone-link hover:bg-hover disabled:opacity-60"
          >
            <Reply aria-hidden size={14} />
            <span dir="auto">{button}</span>
          </button>
        ))}
      </div>
    </li>
  );
}
