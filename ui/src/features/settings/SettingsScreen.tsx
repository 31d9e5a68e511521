import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { Skeleton } from "../../components/feedback";
import { ScrollRegion } from "../../components/ScrollRegion";
import { useT } from "../../i18n/t";
import { useCommand } from "../../ipc/queries";
import { AccountSection } from "./AccountSection";
import { AppearanceSection } from "./AppearanceSection";
import { ConnectWizard } from "./ConnectWizard";
import { PracticeSection } from "./PracticeSection";
import { PricesSection } from "./PricesSection";
import { SectionTitle } from "./parts";
import { RecordsSection } from "./RecordsSection";
import { RelaySection } from "./RelaySection";
import { SendingSection } from "./SendingSection";

const DiagnosticsSection = lazy(() =>
  import("../diagnostics/DiagnosticsSection").then((m) => ({ default: m.DiagnosticsSection })),
);

const SECTIONS = ["account", "relay", "sending", "prices", "records", "appearance", "practice", "diagnostics"] as const;
type SectionId = (typeof SECTIONS)[number];

export function SettingsScreen() {
  const t = useT();
  const navigate = useNavigate();
  const { section = "account" } = useParams({ strict: false });
  const status = useCommand("app_status", {}, { tags: ["account"] });
  const practice = status.data?.profile?.kind === "practice";
  const sections = SECTIONS.filter((id) => id !== "practice" || practice);
  return (
    <div className="flex h-full min-h-0 max-md:flex-col">
      <nav aria-label={t("settings.sections")} className="shrink-0 border-line p-4 md:w-52 md:border-e max-md:border-b">
        <h1 className="mb-3 px-2 font-semibold text-lg">{t("settings.title")}</h1>
        <ul className="flex gap-0.5 md:flex-col max-md:flex-wrap">
          {sections.map((id) => (
            <li key={id}>
              <Link
                to="/settings/$section"
                params={{ section: id }}
                aria-current={id === section ? "page" : undefined}
                className="block rounded-control px-2.5 py-1.5 text-ink-2 text-sm hover:bg-hover aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent-strong"
              >
                {t(`settings.${id}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <ScrollRegion label={t("settings.section")} className="min-h-0 min-w-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-3xl px-8 py-8 max-md:px-4">
          {section === "connect" ? (
            <ConnectWizard
              onConnected={() => void navigate({ to: "/settings/$section", params: { section: "account" } })}
            />
          ) : (
            <Suspense fallback={<Skeleton rows={4} className="h-10" />}>
              <Section id={(SECTIONS as readonly string[]).includes(section) ? (section as SectionId) : "account"} />
            </Suspense>
          )}
        </div>
      </ScrollRegion>
    </div>
  );
}

function Section({ id }: { id: SectionId }) {
  const t = useT();
  switch (id) {
    case "account":
      return <AccountSection />;
    case "relay":
      return <RelaySection />;
    case "sending":
      return <SendingSection />;
    case "prices":
      return <PricesSection />;
    case "records":
      return <RecordsSection />;
    case "appearance":
      return <AppearanceSection />;
    case "practice":
      return <PracticeSection />;
    case "diagnostics":
      return (
        <>
          <SectionTitle title={t("settings.diagnostics")} />
          <DiagnosticsSection />
        </>
      );
  }
}
