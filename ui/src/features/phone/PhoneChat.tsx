// The chat with the business as its customer sees it.
import { useQueryClient } from "@tanstack/react-query";
import {
  Ban,
  BellOff,
  BellRing,
  Camera,
  ChevronLeft,
  EllipsisVertical,
  SendHorizontal,
  ShieldCheck,
  Store,
} from "lucide-react";
import { type FormEvent, Fragment, useEffect, useLayoutEffect, useRef, useState } from "react";
import { IconButton } from "../../components/Button";
import { ErrorNote, Skeleton } from "../../components/feedback";
import { Menu } from "../../components/overlays";
import { useT } from "../../i18n/t";
import type { PhoneConversation } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { DayText } from "../inbox/DayText";
import { localDay } from "../inbox/thread-model";
import { PhoneBubble } from "./PhoneBubble";

/** The practice account has no change tags; while one looks, its state is asked for. */
const POLL_MS = 1_000;

export function PhoneChat({ customerId, onLeave }: { customerId: string; onLeave: () => void }) {
  const t = useT();
  const request = { customer_id: customerId };
  const chat = useCommand("phone_conversation", request, { tags: ["inbox", "campaigns"], everyMs: POLL_MS });
  if (chat.error && !chat.data) {
    return (
      <div className="p-3">
        <IconButton label={t("phone.back")} icon={ChevronLeft} onPress={onLeave} className="rtl:-scale-x-100" />
        <ErrorNote error={chat.error} onRetry={() => void chat.refetch()} className="mt-2" />
      </div>
    );
  }
  if (!chat.data) {
    return (
      <div className="p-4">
        <Skeleton rows={5} className="h-14" />
      </div>
    );
  }
  return <OpenChat chat={chat.data} onLeave={onLeave} />;
}

function useActions(customerId: string) {
  const client = useQueryClient();
  const keep = (chat: PhoneConversation) =>
    client.setQueryData(["phone_conversation", { customer_id: customerId }], chat);
  const send = useCommandMutation("phone_send");
  const tap = useCommandMutation("phone_tap_button");
  const preference = useCommandMutation("phone_preference");
  const block = useCommandMutation("phone_block");
  return {
    error: send.error ?? tap.error ?? preference.error ?? block.error,
    busy: send.isPending || tap.isPending,
    write: (text: string, photo = false) => send.mutateAsync({ customer_id: customerId, text, photo }).then(keep),
    tap: (message_id: string, button: number) =>
      tap.mutate({ customer_id: customerId, message_id, button }, { onSuccess: keep }),
    stopMarketing: (stop: boolean) => preference.mutate({ customer_id: customerId, stop }, { onSuccess: keep }),
    block: (on: boolean) => block.mutate({ customer_id: customerId, block: on }, { onSuccess: keep }),
  };
}

function OpenChat({ chat, onLeave }: { chat: PhoneConversation; onLeave: () => void }) {
  const t = useT();
  const actions = useActions(chat.customer.id);
  return (
    <>
      <header className="flex items-center gap-2 border-phone-ink/10 border-b px-1.5 pb-2">
        <IconButton
          label={t("phone.back")}
          icon={ChevronLeft}
          size="small"
          onPress={onLeave}
          className="rtl:-scale-x-100"
        />
        <span aria-hidden className="flex size-9 items-center justify-center rounded-full bg-accent-soft text-accent">
          <Store size={18} />
        </span>
        <div className="min-w-0 flex-1">
          <h3 className="truncate font-semibold leading-5">
            <bdi>{chat.business_name}</bdi>
          </h3>
          <p className="truncate text-phone-ink-2 text-xs">
            <bdi>{t("phone.youAre", { name: chat.customer.name })}</bdi>
          </p>
        </div>
        <Menu
          label={t("phone.menu")}
          trigger={<IconButton label={t("phone.menu")} icon={EllipsisVertical} size="small" />}
          items={[
            {
              id: "marketing",
              label: chat.marketing_stopped ? t("phone.resumeMarketing") : t("phone.stopMarketing"),
              icon: chat.marketing_stopped ? BellRing : BellOff,
              onAction: () => actions.stopMarketing(!chat.marketing_stopped),
            },
            {
              id: "block",
              label: chat.blocked ? t("phone.unblock") : t("phone.block"),
              icon: chat.blocked ? ShieldCheck : Ban,
              danger: !chat.blocked,
              onAction: () => actions.block(!chat.blocked),
            },
          ]}
        />
      </header>
      <Messages chat={chat} busy={actions.busy} onTap={actions.tap} />
      {actions.error && <ErrorNote error={actions.error} className="m-2" />}
      {chat.blocked ? (
        <div className="border-phone-ink/10 border-t p-4 text-center">
          <p className="text-phone-ink-2">{t("phone.blocked")}</p>
          <button
            type="button"
            onClick={() => actions.block(false)}
            className="mt-1 rounded font-medium text-phone-link underline-offset-2 hover:underline"
          >
            {t("phone.unblock")}
          </button>
        </div>
      ) : (
        <Input key={chat.customer.id} onWrite={actions.write} />
      )}
    </>
  );
}

function Messages({
  chat,
  busy,
  onTap,
}: {
  chat: PhoneConversation;
  busy: boolean;
  onTap: (messageId: string, button: number) => void;
}) {
  const t = useT();
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const count = chat.messages.length;
  const newest = chat.messages.at(-1);
  const [announced, setAnnounced] = useState("");

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message moves to the end, if one was there
  useLayoutEffect(() => {
    if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [count, chat.marketing_stopped]);

  const seen = useRef(newest?.id);
  useEffect(() => {
    if (seen.current === newest?.id) return;
    seen.current = newest?.id;
    if (newest && !newest.from_customer) setAnnounced(t("phone.arrived", { text: newest.text }));
  }, [newest, t]);

  return (
    <section
      ref={box}
      aria-label={t("phone.messages", { name: chat.business_name })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
      }}
      className="focus-inset min-h-0 flex-1 overflow-y-auto [overflow-anchor:none] bg-phone-wall px-3 py-3"
    >
      {count === 0 && (
        <p className="mx-auto mt-6 max-w-56 rounded-xl bg-phone-bubble px-3 py-2 text-center text-phone-ink-2 text-xs shadow-card">
          {t("phone.noMessages")}
        </p>
      )}
      <ol className="space-y-1.5">
        {chat.messages.map((message, index) => {
          const before = chat.messages[index - 1];
          const newDay = !before || localDay(before.at_ms) !== localDay(message.at_ms);
          return (
            <Fragment key={message.id}>
              {newDay && (
                <li className="flex justify-center py-1.5">
                  <span className="rounded-full bg-phone-bubble px-2.5 py-0.5 text-phone-ink-2 text-xs shadow-card">
                    <DayText atMs={message.at_ms} />
                  </span>
                </li>
              )}
              <PhoneBubble
                message={message}
                canTap={!busy && !chat.blocked}
                onTap={(button) => onTap(message.id, button)}
              />
            </Fragment>
          );
        })}
      </ol>
      {chat.marketing_stopped && (
        <p className="mx-auto mt-3 flex w-fit items-center gap-1.5 rounded-xl bg-phone-bubble px-3 py-1.5 text-phone-ink-2 text-xs shadow-card">
          <BellOff aria-hidden size={13} />
          {t("phone.marketingStopped")}
        </p>
      )}
      <p aria-live="polite" className="sr-only">
        {announced}
      </p>
    </section>
  );
}

/** The word is sent as the platform's users write it, whatever the language of the window. */
const STOP = "STOP";

function Input({ onWrite }: { onWrite: (text: string, photo?: boolean) => Promise<unknown> }) {
  const t = useT();
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const write = (words: string, photo = false) => {
    if (words.trim() === "" && !photo) return;
    setText("");
    // What was typed comes back if it did not go out; the error stands above.
    onWrite(words.trim(), photo).catch(() => setText(words));
    field.current?.focus();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    write(text);
  };
  return (
    <div className="border-phone-ink/10 border-t px-2 pt-2 pb-4">
      <ul aria-label={t("phone.quick")} className="mb-2 flex flex-wrap gap-1.5 px-1">
        {[t("phone.quick.thanks"), t("phone.quick.open"), STOP].map((words) => (
          <li key={words}>
            <button
              type="button"
              onClick={() => write(words)}
              className="rounded-full border border-phone-ink-2/40 px-2.5 py-0.5 text-phone-ink-2 text-xs hover:bg-hover"
            >
              {words}
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="flex items-center gap-1">
        <IconButton label={t("phone.photo")} icon={Camera} onPress={() => write(text, true)} />
        <input
          ref={field}
          dir="auto"
          value={text}
          onChange={(event) => setText(event.target.value)}
          aria-label={t("phone.write")}
          placeholder={t("phone.write")}
          maxLength={4096}
          className="h-9 min-w-0 flex-1 rounded-full border border-phone-ink-2/60 bg-transparent px-3.5 text-phone-ink placeholder:text-phone-ink-2"
        />
        <button
          type="submit"
          aria-label={t("phone.send")}
          disabled={text.trim() === ""}
          className="flex size-9 shrink-0 items-center justify-center rounded-full bg-accent-fill text-on-accent disabled:opacity-45"
        >
          <SendHorizontal aria-hidden size={17} className="rtl:-scale-x-100" />
        </button>
      </form>
    </div>
  );
}
