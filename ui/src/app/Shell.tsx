// The frame around every screen: stripe, rail, status bar, and what can lie over them.
import { Outlet, useNavigate } from "@tanstack/react-router";
import { Smartphone, X } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { IconButton } from "../components/Button";
import { ErrorNote, Note, Skeleton } from "../components/feedback";
import { usePretendPhone } from "../features/phone/phone-store";
import { useT } from "../i18n/t";
import { useIpc } from "../ipc/context";
import type { AppStatus, UiError } from "../ipc/ipc";
import { useCommand } from "../ipc/queries";
import { CloseDialog } from "./CloseDialog";
import { DropTarget } from "./DropTarget";
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
  if (!status.data)
    return (
      <main className="p-10">
        <Skeleton rows={4} className="h-8" />
      </main>
    );
  if (!status.data.profile) return <NoProfile status={status.data} />;
  // Another account is another window: nothing of the last one may linger.
  return <Frame key={status.data.profile.name} status={status.data} />;
}

/** The only account there is opens by itself; so long the first start stays away, unless it fails or takes too long. */
const OPENING_MS = 5_000;

function NoProfile({ status }: { status: AppStatus }) {
  const ipc = useIpc();
  const [failure, setFailure] = useState<UiError | null>(null);
  const [waiting, setWaiting] = useState(status.profiles.length === 1);
  useEffect(() => ipc.on("start-failed", setFailure), [ipc]);
  useEffect(() => {
    const timer = setTimeout(() => setWaiting(false), OPENING_MS);
    return () => clearTimeout(timer);
  }, []);
  if (waiting && !failure)
    return (
      <main className="p-10">
        <Skeleton rows={4} className="h-8" />
      </main>
    );
  return (
    <Suspense fallback={<main className="h-full" />}>
      <FirstStart profiles={status.profiles} failure={failure} />
    </Suspense>
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
            className="w-88 shrink-0 border-line border-s max-md:absolute max-md:inset-y-0 max-md:end-0 max-md:z-30"
          >
            <Suspense fallback={<Skeleton className="m-4 h-96" />}>
              <PhonePanel />
            </Suspense>
          </aside>
        ) : null}
      </div>
      <StatusBar />
      <Palette isOpen={paletteOpen} onClose={() => setPaletteOpen(false)} practice={practice} />
      <DropTarget />
      <CloseDialog />
    </div>
  );
}
