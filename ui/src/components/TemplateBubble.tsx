// A message as it looks on the customer's phone: the only place that imitates another program.
import { Copy, ExternalLink, FileText, Image, MapPin, Phone, Reply, Video } from "lucide-react";
import { useT } from "../i18n/t";
import { cx } from "./cx";
import { WhatsAppText } from "./whatsappText";

export interface BubbleContent {
  /** `TEXT`, `IMAGE`, `VIDEO`, `DOCUMENT`, `LOCATION`, or none. */
  headerFormat?: string | null;
  header?: string | null;
  body: string;
  footer?: string | null;
  buttons?: readonly (string | { kind: string; text: string })[];
  /** Where each button leads, or the code that it copies: not on the phone, but what the operator wants to see. */
  buttonValues?: readonly (string | null)[];
  /** Cards of a carousel. */
  cards?: readonly BubbleCard[];
}

export interface BubbleCard {
  headerFormat?: string | null;
  body: string;
  buttons?: readonly (string | { kind: string; text: string })[];
  buttonValues?: readonly (string | null)[];
}

const mediaIcons: Record<string, typeof Image> = { IMAGE: Image, VIDEO: Video, DOCUMENT: FileText, LOCATION: MapPin };
const buttonIcons: Record<string, typeof Image> = { URL: ExternalLink, PHONE_NUMBER: Phone, COPY_CODE: Copy };

export function TemplateBubble({
  content,
  phone,
  time,
  label,
  className,
}: {
  content: BubbleContent;
  /** Colours of the phone; without it those of this window. */
  phone?: "light" | "dark";
  time?: string;
  /** Names the preview, for example by the person who would get it. */
  label?: string;
  className?: string;
}) {
  const t = useT();
  return (
    <figure
      aria-label={label ?? t("bubble.preview")}
      className={cx(
        "rounded-card bg-phone-wall p-4 text-phone-ink",
        phone === "light" && "phone-light",
        phone === "dark" && "phone-dark",
        className,
      )}
    >
      <div className="max-w-80 overflow-hidden rounded-xl rounded-ss-sm bg-phone-bubble text-sm shadow-card">
        <Medium format={content.headerFormat} />
        <div className="px-3 py-2">
          {content.header ? (
            <p dir="auto" className="mb-1 break-words font-semibold">
              {content.header}
            </p>
          ) : null}
          <WhatsAppText text={content.body} />
          {content.footer ? (
            <p dir="auto" className="mt-1 break-words text-phone-ink-2 text-xs">
              {content.footer}
            </p>
          ) : null}
          {time ? <p className="mt-0.5 text-end text-[0.6875rem] text-phone-ink-2">{time}</p> : null}
        </div>
        <Buttons buttons={content.buttons} values={content.buttonValues} />
      </div>
      {content.cards && content.cards.length > 0 ? (
        <ul aria-label={t("bubble.cards")} className="-mx-1 mt-1 flex gap-2 overflow-x-auto px-1 pb-1">
          {content.cards.map((card, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: cards are told apart by their place
            <li key={index} className="w-44 shrink-0 overflow-hidden rounded-xl bg-phone-bubble text-sm shadow-card">
              <Medium format={card.headerFormat} />
              <div className="px-3 py-2">
                <WhatsAppText text={card.body} />
              </div>
              <Buttons buttons={card.buttons} values={card.buttonValues} />
            </li>
          ))}
        </ul>
      ) : null}
    </figure>
  );
}

function Medium({ format }: { format: string | null | undefined }) {
  const t = useT();
  const Icon = format ? mediaIcons[format.toUpperCase()] : undefined;
  if (!Icon) return null;
  return (
    <div
      role="img"
      aria-label={t("bubble.media", { format: (format ?? "").toLowerCase() })}
      className="m-1 flex aspect-[1.91/1] items-center justify-center rounded-lg bg-phone-wall text-phone-ink-2"
    >
      <Icon aria-hidden size={30} strokeWidth={1.5} />
    </div>
  );
}

function Buttons({
  buttons,
  values,
}: Pick<BubbleCard, "buttons"> & { values?: BubbleCard["buttonValues"] | undefined }) {
  return buttons?.map((button, index) => {
    const { kind, text } = typeof button === "string" ? { kind: "QUICK_REPLY", text: button } : button;
    const Icon = buttonIcons[kind.toUpperCase()] ?? Reply;
    const value = values?.[index];
    return (
      <div
        // biome-ignore lint/suspicious/noArrayIndexKey: buttons are told apart by their place
        key={index}
        className="border-phone-ink/10 border-t px-3 py-2 text-center font-medium text-phone-link text-sm"
      >
        <span className="inline-flex items-center gap-2">
          <Icon aria-hidden size={14} />
          <span dir="auto">{text}</span>
        </span>
        {value ? <span className="block truncate font-normal text-phone-ink-2 text-xs">{value}</span> : null}
      </div>
    );
  });
}
