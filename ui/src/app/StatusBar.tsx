import { Link } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, CircleDashed, Radio, Send, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "../components/cx";
import { relayWord } from "../components/relayWord";
import { useT } from "../i18n/t";
import type { StatusBar as StatusBarData } from "../ipc/ipc";
import { useCommand } from "../ipc/queries";

export function useStatusBar() {
  return useCommand(
    "status_bar_get",
    {},
    { tags: ["account", "campaigns", "relay", "inbox", "settings"], everyMs: 5_000 },
  );
}

const QUALITY: Record<string, { tone: string; icon: typeof CircleCheck; word: "GREEN" | "YELLOW" | "RED" }> = {
  GREEN: { tone: "text-good", icon: CircleCheck, word: "GREEN" },
  YELLOW: { tone: "text-attention", icon: CircleAlert, word: "YELLOW" },
  RED: { tone: "text-trouble", icon: CircleAlert, word: "RED" },
};
const TONE = { good: "text-good", attention: "text-attention", trouble: "text-trouble" } as const;

/** Tall enough to be hit (24 px), however thin the line looks. */
const reading = "flex min-h-6 items-center gap-1.5 rounded hover:text-ink hover:underline";

/** The line at the bottom: whether things run, without having to look anywhere. */
export function StatusBar() {
  const t = useT();
  const { data, isError } = useStatusBar();
  return (
    <section
      aria-label={t("status.bar")}
      className="tabular flex min-h-7 shrink-0 flex-wrap items-center gap-x-5 border-line border-t bg-canvas px-4 py-0.5 text-ink-2 text-xs max-md:gap-x-3 max-md:px-3"
    >
      {isError ? <span className="font-medium text-trouble">{t("status.offline")}</span> : null}
      {data ? <Readings bar={data} /> : null}
    </section>
  );
}

function Readings({ bar }: { bar: StatusBarData }) {
  const t = useT();
  const quality = QUALITY[bar.quality_rating ?? ""];
  const rating = t(quality ? `status.quality.${quality.word}` : "status.quality.other");
  const QualityIcon = quality?.icon ?? CircleDashed;
  const relay = relayWord(bar.relay);
  const inTrouble = relay.tone === "trouble";
  const RelayIcon = inTrouble ? TriangleAlert : Radio;
  const sending = bar.queued > 0 || bar.sending_per_second > 0;
  return (
    <>
      {bar.display_phone_number ? (
        <Reading section="account" className="max-md:hidden">
          <bdi dir="ltr">{bar.display_phone_number}</bdi>
        </Reading>
      ) : null}
      <Reading section="account">
        <QualityIcon aria-hidden size={13} className={quality?.tone ?? "text-ink-3"} />
        {t("status.quality", { rating })}
      </Reading>
      <Reading section="account" hint={t("status.limit.hint")}>
        {bar.limit_max === null
          ? t("status.limit.none", { used: bar.limit_used })
          : t("status.limit", { used: bar.limit_used, max: bar.limit_max })}
      </Reading>
      <Link to="/campaigns" className={reading}>
        <Send aria-hidden size={12} className={sending ? "text-accent" : "text-ink-3"} />
        {sending ? t("status.sending", { rate: bar.sending_per_second, queued: bar.queued }) : t("status.idle")}
      </Link>
      <Reading
        section="relay"
        hint={bar.relay.trouble ?? bar.relay.silence ?? undefined}
        className={inTrouble ? "font-medium text-trouble" : undefined}
      >
        <RelayIcon aria-hidden size={13} className={relay.tone in TONE ? TONE[relay.tone as keyof typeof TONE] : ""} />
        {t(relay.id, { behind: bar.relay.behind })}
      </Reading>
      {bar.practice ? (
        <span className="ms-auto font-medium text-attention max-md:hidden">{t("status.practice")}</span>
      ) : null}
    </>
  );
}

function Reading({
  section,
  hint,
  className,
  children,
}: {
  section: string;
  hint?: string | undefined;
  className?: string | undefined;
  children: ReactNode;
}) {
  if (!children) return null;
  return (
    <Link to="/settings/$section" params={{ section }} title={hint} className={cx(reading, className)}>
      {children}
    </Link>
  );
}
