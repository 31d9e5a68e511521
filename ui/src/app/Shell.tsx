// The frame around every screen: stripe, rail, status bar, and what can lie over them.
import { Outlet, useNavigate } from "@tanstack/react-router";
import { Smartphone, X } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Boundary } from "../components/Boundary";
import { IconButton } from "../components/Button";
import { ErrorNote, Note, Skeleton } from "../components/feedback";
import { Mark } from "../components/Mark";
import { usePretendPhone } from "../features/phone/phone-store";
import { takePairingLink } from "../features/settings/pairingLink";
import { useT } from "../i18n/t";
import { useIpc } from "../ipc/context";
import type { AppStatus } from "../ipc/ipc";
import { useCommand } from "../ipc/queries";
import { CloseDialog } from "./CloseDialog";
import { DropTarget } from "./DropTarget";
import { Undrawn } from "./fallbacks";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import { StatusBar } from "./StatusBar";
import { useShortcuts } from "./useShortcuts";

const FirstStart = lazy(() => import("../features/firststart/FirstStart").then((m) => ({ default: m.FirstStart })));
const PhonePanel = lazy(() => import("../features/phone/PhonePanel").then((m) => ({ default: m.PhonePanel })));

export function Shell() {
  const status = useCommand("app_status", {}, { tags: ["account"] });
  if (status.isError)
    return (
      <main className="mx-auto max-w-lg p-10">
        <ErrorNote error={status.error} onRetry={() => void status.refetch()} />
      </main>
    );
  if (!status.data) return <Waiting />;
  if (!status.data.profile) return <NoProfile status={status.data} />;
  // Another account is another window: nothing of the last one may linger.
  return <Frame key={status.data.profile.name} status={status.data} />;
}

/** Opening takes a moment; longer than this, somebody has to be told why. */
const PATIENCE_MS = 3_000;

/** Nothing is open: the account that the start asked for still opens, or it could not, or there is none. */
function NoProfile({ status }: { status: AppStatus }) {
  if (status.opening) return <Opening />;
  return (
    <Suspense fallback={<main className="h-full" />}>
      <FirstStart profiles={status.profiles} failure={status.start_failure} />
    </Suspense>
  );
}

function Opening() {
  const t = useT();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Waiting>
      {long ? (
        <div role="status" className="mt-8 max-w-prose">
          <p className="font-semibold">{t("shell.opening")}</p>
          <p className="mt-1 text-ink-2">{t("shell.opening.keychain")}</p>
        </div>
      ) : null}
    </Waiting>
  );
}

/** The window's shape before anything is known; the same as in index.html, so that nothing jumps. */
function Waiting({ children }: { children?: ReactNode }) {
  return (
    <div className="flex h-full">
      <div className="flex w-16 shrink-0 flex-col border-line border-e px-2 py-3 lg:w-56 lg:px-3">
        <div className="flex px-2 pt-1 max-lg:justify-center max-lg:px-0">
          <Mark size={28} />
        </div>
      </div>
      <main aria-busy className="flex-1 p-10">
        <Skeleton className="h-8" />
        {children}
      </main>
    </div>
  );
}

function Frame({ status }: { status: AppStatus }) {
  const t = useT();
  const ipc = useIpc();
  const navigate = useNavigate();
  const phone = usePretendPhone();
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const practice = status.profile?.kind === "practice";
  const name = status.profile?.business_name ?? status.profile?.name ?? "";

  const title = practice ? t("shell.title.practice") : t("shell.title.real", { name });
  useEffect(() => ipc.setTitle(title), [ipc, title]);

  // A file from the command line, a second start or the desktop goes straight to the import.
  const pending = status.pending_file;
  useEffect(() => {
    if (pending) void navigate({ to: "/import", search: { file: pending } });
  }, [pending, navigate]);
  useEffect(
    () => ipc.on("open-file", ({ path }) => void navigate({ to: "/import", search: { file: path } })),
    [ipc, navigate],
  );

  // A pairing link that the system opened goes to the settings, which show where it leads and ask.
  const offeredLink = status.pending_link;
  useEffect(() => {
    if (offeredLink && takePairingLink(offeredLink))
      void navigate({ to: "/settings/$section", params: { section: "relay" } });
  }, [offeredLink, navigate]);

  useShortcuts({ onPalette: () => setPaletteOpen(true) });

  return (
    <div className="flex h-full flex-col">
      <button
        type="button"
        onClick={() => document.getElementById("content")?.focus()}
        className="sr-only focus:not-sr-only focus:absolute focus:start-2 focus:top-2 focus:z-50 focus:rounded-control focus:bg-raised focus:px-3 focus:py-2 focus:shadow-float"
      >
        {t("shell.skip")}
      </button>
      {practice ? (
        <header className="flex shrink-0 items-center justify-between gap-4 bg-practice px-4 py-1 font-medium text-on-practice text-xs">
          <span>{t("shell.practice")}</span>
          <AriaButton
            aria-pressed={phone.isOpen}
            onPress={phone.toggle}
            className="inline-flex h-6 items-center gap-1.5 rounded-full px-2.5 font-semibold data-hovered:bg-on-practice/10 data-focus-visible:outline-on-practice"
          >
            <Smartphone aria-hidden size={14} />
            {phone.isOpen ? t("shell.phone.hide") : t("shell.phone.show")}
          </AriaButton>
        </header>
      ) : null}
      <div className="flex min-h-0 flex-1">
        <Rail status={status} onSearch={() => setPaletteOpen(true)} />
        <main
          id="content"
          tabIndex={-1}
          className="@container/main relative flex min-h-0 min-w-0 flex-1 flex-col outline-none"
        >
          {status.notice && status.notice !== dismissed ? (
            <Note
              tone="attention"
              className="m-3 mb-0"
              action={
                <IconButton
                  size="small"
                  icon={X}
                  label={t("shell.dismiss")}
                  onPress={() => setDismissed(status.notice)}
                />
              }
            >
              {status.notice}
            </Note>
          ) : null}
          {status.holds_engine_role ? null : <Note className="m-3 mb-0">{t("shell.otherProcess")}</Note>}
          <div className="min-h-0 flex-1">
            <Outlet />
          </div>
        </main>
        {practice && phone.isOpen ? (
          <aside
            aria-label={t("shell.phone")}
            className="w-88 shrink-0 border-line border-s bg-surface max-md:absolute max-md:inset-y-0 max-md:end-0 max-md:z-30"
          >
            <Boundary fallback={(retry) => <Undrawn onRetry={retry} home={false} />}>
              <Suspense fallback={<Skeleton className="m-4 h-96" />}>
                <PhonePanel />
              </Suspense>
            </Boundary>
          </aside>
        ) : null}
      </div>
      <Boundary fallback={() => null}>
        <StatusBar />
      </Boundary>
      <Palette isOpen={paletteOpen} onClose={() => setPaletteOpen(false)} practice={practice} />
      <DropTarget />
      <CloseDialog />
    </div>
  );
}
