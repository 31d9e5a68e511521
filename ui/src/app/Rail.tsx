import { Link, useLocation } from "@tanstack/react-router";
import {
  CalendarCheck,
  Contact,
  Inbox,
  LayoutTemplate,
  type LucideIcon,
  Megaphone,
  Search,
  Settings as SettingsIcon,
} from "lucide-react";
import { Button as AriaButton, Focusable, Tooltip, TooltipTrigger } from "react-aria-components";
import { Mark } from "../components/Mark";
import { useT } from "../i18n/t";
import type { AppStatus } from "../ipc/ipc";
import { useStatusBar } from "./StatusBar";

export const places = [
  { to: "/", label: "nav.today", icon: CalendarCheck },
  { to: "/inbox", label: "nav.inbox", icon: Inbox },
  { to: "/campaigns", label: "nav.campaigns", icon: Megaphone },
  { to: "/templates", label: "nav.templates", icon: LayoutTemplate },
  { to: "/contacts", label: "nav.contacts", icon: Contact },
  { to: "/settings", label: "nav.settings", icon: SettingsIcon },
] as const;

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function Rail({ status, onSearch }: { status: AppStatus; onSearch: () => void }) {
  const t = useT();
  const bar = useStatusBar();
  const unread = bar.data?.unread_threads ?? 0;
  return (
    <nav
      aria-label={t("shell.nav")}
      className="flex w-16 shrink-0 flex-col gap-1 overflow-y-auto border-line border-e bg-canvas px-2 py-3 lg:w-56 lg:px-3"
    >
      <div className="flex items-center gap-3 px-2 pt-1 pb-4 max-lg:justify-center max-lg:px-0">
        <Mark size={28} />
        <div className="min-w-0 max-lg:hidden">
          <p className="truncate font-semibold text-sm">{status.profile?.business_name ?? "Switchboard"}</p>
          <p className="tabular truncate text-ink-3 text-xs">
            <bdi dir="ltr">{status.profile?.display_phone_number}</bdi>
          </p>
        </div>
      </div>
      <TooltipTrigger delay={500}>
        <AriaButton
          onPress={onSearch}
          className="mb-2 flex h-9 shrink-0 items-center gap-2.5 rounded-control border border-line bg-surface px-2.5 text-ink-3 text-sm data-hovered:border-control max-lg:justify-center"
        >
          <Search aria-hidden size={15} className="shrink-0" />
          <span className="flex-1 truncate text-start max-lg:sr-only">{t("shell.palette")}</span>
          <kbd aria-hidden className="font-sans text-xs max-lg:hidden">
            {isApple ? "⌘K" : "Ctrl K"}
          </kbd>
        </AriaButton>
        <NameBeside>{t("shell.palette")}</NameBeside>
      </TooltipTrigger>
      {places.map(({ to, label, icon }) => (
        <RailLink key={to} to={to} icon={icon} label={t(label)} last={to === "/settings"}>
          {to === "/inbox" && unread > 0 ? (
            <span className="tabular inline-flex h-5 min-w-5 items-center justify-center rounded-full bg-accent-fill px-1.5 font-semibold text-on-accent text-xs max-lg:absolute max-lg:-end-0.5 max-lg:-top-0.5 max-lg:h-4 max-lg:min-w-4 max-lg:px-1 max-lg:text-[0.625rem]">
              <span aria-hidden>{unread}</span>
              <span className="sr-only">{t("nav.unread", { count: unread })}</span>
            </span>
          ) : null}
        </RailLink>
      ))}
    </nav>
  );
}

function RailLink({
  to,
  icon: Icon,
  label,
  last,
  children,
}: {
  to: (typeof places)[number]["to"];
  icon: LucideIcon;
  label: string;
  last: boolean;
  children: React.ReactNode;
}) {
  const { pathname } = useLocation();
  return (
    <TooltipTrigger delay={500}>
      <Focusable>
        <Link
          to={to}
          aria-current={(to === "/" ? pathname === "/" : pathname.startsWith(to)) ? "page" : undefined}
          className={`relative flex h-10 shrink-0 items-center gap-3 rounded-control px-2.5 font-medium text-ink-2 text-sm hover:bg-hover aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-strong max-lg:justify-center ${last ? "mt-auto" : ""}`}
        >
          <Icon aria-hidden size={18} className="shrink-0" />
          <span className="min-w-0 flex-1 truncate max-lg:sr-only">{label}</span>
          {children}
        </Link>
      </Focusable>
      <NameBeside>{label}</NameBeside>
    </TooltipTrigger>
  );
}

/** Where the rail shows icons alone their names come up beside them, over the page and not over the next icon. */
function NameBeside({ children }: { children: string }) {
  return (
    <Tooltip
      placement="end"
      offset={8}
      className="rounded-md bg-ink px-2 py-1 text-canvas text-xs shadow-float lg:hidden"
    >
      {children}
    </Tooltip>
  );
}
