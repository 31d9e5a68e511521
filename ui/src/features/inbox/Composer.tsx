// Where one answers. What it offers follows the window: free words while it is open, a template when it is closed,
// nothing but the reason when the person may get neither. What was typed is kept through all of them.
import { Check, LayoutTemplate, Lock, Minus, Reply, SendHorizontal, ShieldAlert, X } from "lucide-react";
import type { KeyboardEvent, RefObject } from "react";
import { Button, IconButton } from "../../components/Button";
import { cx } from "../../components/cx";
import { Chip } from "../../components/feedback";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import type { Composer as ComposerState, ConsentVerdict, ThreadMessage } from "../../ipc/ipc";
import { useCategoryText } from "../templates/words";
import { setDraft, useDraft } from "./drafts";
import { sendReply } from "./outgoing";
import { TEXT_LIMIT, textLength } from "./thread-model";

/** So many characters before the limit the counter appears. */
const COUNTER_FROM = 400;

export interface ComposerProps {
  contactId: string;
  name: string;
  state: ComposerState;
  /** No phone number is known; the sentence says what that means. */
  noNumber: boolean;
  quoted: ThreadMessage | null;
  onUnquote: () => void;
  /** Quote the message before or after the quoted one. */
  onQuoteStep: (step: -1 | 1) => void;
  onTemplate: () => void;
  onLeave: () => void;
  field: RefObject<HTMLTextAreaElement | null>;
}

export function Composer(props: ComposerProps) {
  return (
    <footer className="border-line border-t bg-surface px-6 py-3">
      <div className="mx-auto max-w-3xl">
        {props.state.mode === "open" ? <OpenComposer {...props} /> : <ClosedComposer {...props} />}
      </div>
    </footer>
  );
}

function OpenComposer({
  contactId,
  name,
  state,
  noNumber,
  quoted,
  onUnquote,
  onQuoteStep,
  onTemplate,
  onLeave,
  field,
}: ComposerProps) {
  const t = useT();
  const ipc = useIpc();
  const draft = useDraft(contactId);
  const left = TEXT_LIMIT - textLength(draft);
  const ready = draft.trim() !== "" && left >= 0;
  const stopped = state.templates.some((verdict) => verdict.reason === "opted_out");
  const noTemplate = state.templates.length > 0 && state.templates.every((verdict) => verdict.may_receive === "no");

  const submit = () => {
    if (!ready) return;
    void sendReply(ipc, contactId, draft.trim(), quoted ? { id: quoted.id, text: quoted.text } : null);
    setDraft(contactId, "");
    onUnquote();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also ends a composition (Chinese, Japanese, dead keys); that Enter sends nothing.
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      submit();
    } else if ((event.ctrlKey || event.metaKey) && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      onQuoteStep(event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (quoted) onUnquote();
      else onLeave();
    }
  };

  return (
    <>
      {(stopped || noNumber) && (
        <p className={cx("mb-2 flex items-start gap-2 text-xs", stopped ? "text-attention" : "text-ink-2")}>
          <ShieldAlert aria-hidden size={14} className="mt-px shrink-0" />
          <span>{state.sentence}</span>
        </p>
      )}
      {quoted && (
        <div className="mb-2 flex items-center gap-2 rounded-lg border-accent border-s-3 bg-sunken px-3 py-1.5 text-xs">
          <Reply aria-hidden size={14} className="shrink-0 text-accent rtl:-scale-x-100" />
          <span className="min-w-0 flex-1">
            <span className="block font-medium">
              {quoted.direction === "in" ? t("inbox.quoting", { name }) : t("inbox.quotingYou")}
            </span>
            <span className="block truncate text-ink-2">
              <bdi>{quoted.text}</bdi>
            </span>
          </span>
          <IconButton label={t("inbox.unquote")} icon={X} size="small" onPress={onUnquote} />
        </div>
      )}
      <div className="flex items-end gap-2">
        <IconButton
          label={t("inbox.sendTemplate")}
          icon={LayoutTemplate}
          onPress={onTemplate}
          isDisabled={noTemplate}
          className="mb-0.5"
        />
        {/* The field is as tall as its text: an unseen copy of the text stretches the cell they share. */}
        <div className="grid max-h-50 min-h-10 min-w-0 flex-1">
          <div
            aria-hidden
            className="invisible col-start-1 row-start-1 min-w-0 overflow-hidden whitespace-pre-wrap break-words border px-4 py-2 text-base leading-6"
          >
            {`${draft} `}
          </div>
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            aria-label={t("inbox.composer", { name })}
            aria-describedby="composer-hint"
            aria-invalid={left < 0}
            placeholder={t("inbox.composer.placeholder", { name })}
            value={draft}
            onChange={(event) => setDraft(contactId, event.target.value)}
            onKeyDown={onKeyDown}
            className="col-start-1 row-start-1 resize-none overflow-y-auto rounded-2xl border border-control/70 bg-surface px-4 py-2 text-base text-ink leading-6 placeholder:text-ink-3 focus:border-accent aria-invalid:border-trouble"
          />
        </div>
        <Button
          variant="primary"
          isDisabled={!ready}
          onPress={submit}
          aria-label={t("inbox.composer.send")}
          className="mb-0.5 size-10 rounded-full px-0"
        >
          <SendHorizontal aria-hidden size={18} className="rtl:-scale-x-100" />
        </Button>
      </div>
      <p id="composer-hint" className="mt-1.5 flex justify-between gap-4 ps-11 text-ink-3 text-xs">
        <span className="min-w-0">{t("inbox.composer.hint")}</span>
        {left < COUNTER_FROM && (
          <span aria-live="polite" className={cx("tabular", left < 0 && "font-medium text-trouble")}>
            {left < 0 ? t("inbox.composer.over", { count: -left }) : t("inbox.composer.left", { count: left })}
          </span>
        )}
      </p>
    </>
  );
}

function ClosedComposer({ contactId, state, onTemplate }: ComposerProps) {
  const t = useT();
  const draft = useDraft(contactId);
  const locked = state.mode === "locked";
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-3 py-1">
      <Lock aria-hidden size={18} className={cx("mt-0.5 shrink-0", locked ? "text-trouble" : "text-ink-3")} />
      <div className="min-w-56 flex-1">
        <p className={cx("text-sm", locked && "font-medium")}>{state.sentence}</p>
        {!locked && (
          <ul aria-label={t("inbox.composer.whatMay")} className="mt-2 flex flex-wrap gap-1.5">
            {state.templates.map((verdict) => (
              <li key={verdict.category}>
                <VerdictChip verdict={verdict} />
              </li>
            ))}
          </ul>
        )}
        {draft !== "" && (
          <div className="mt-2 rounded-lg bg-sunken px-3 py-2 text-xs">
            <p className="text-ink-3">{t("inbox.composer.draftKept")}</p>
            <p dir="auto" className="mt-0.5 line-clamp-3 whitespace-pre-wrap text-ink-2">
              {draft}
            </p>
          </div>
        )}
      </div>
      {!locked && (
        <Button variant="primary" icon={LayoutTemplate} onPress={onTemplate}>
          {t("inbox.composer.chooseTemplate")}
        </Button>
      )}
    </div>
  );
}

/** "Marketing: no", with the reason on hover and for screen readers. */
export function VerdictChip({ verdict }: { verdict: ConsentVerdict }) {
  const t = useT();
  const category = useCategoryText();
  const look = {
    yes: { tone: "good", icon: Check },
    no: { tone: "trouble", icon: X },
    one_to_one: { tone: "neutral", icon: Minus },
  } as const;
  const { tone, icon } = look[verdict.may_receive];
  return (
    <span title={verdict.sentence}>
      <Chip tone={tone} icon={icon}>
        {t(`inbox.may.${verdict.may_receive}`, { category: category(verdict.category) })}
        <span className="sr-only">. {verdict.sentence}</span>
      </Chip>
    </span>
  );
}
