// Everything by keyboard: screens, actions, people, campaigns, templates.
import { useNavigate } from "@tanstack/react-router";
import {
  CircleHelp,
  Contact,
  FilePlus2,
  LayoutTemplate,
  type LucideIcon,
  Megaphone,
  Moon,
  Plug,
  Plus,
  Search,
  Smartphone,
  Sun,
} from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import {
  Dialog as AriaDialog,
  Autocomplete,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
} from "react-aria-components";
import { ScrollRegion } from "../components/ScrollRegion";
import { pretendPhone } from "../features/phone/phone-store";
import { useT } from "../i18n/t";
import { useCommand, useCommandMutation } from "../ipc/queries";
import { places } from "./Rail";

interface Entry {
  id: string;
  label: string;
  hint?: string | undefined;
  icon: LucideIcon;
  run: () => void;
}
interface Section {
  id: "actions" | "people" | "campaigns" | "templates";
  entries: Entry[];
}

export function Palette({ isOpen, onClose, practice }: { isOpen: boolean; onClose: () => void; practice: boolean }) {
  const t = useT();
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable
      className="fixed inset-0 z-50 flex items-start justify-center bg-scrim px-4 pt-[8vh]"
    >
      <Modal className="w-full max-w-xl overflow-hidden rounded-2xl border border-line bg-raised shadow-float">
        <AriaDialog aria-label={t("shell.palette")} className="outline-none">
          <PaletteBody onClose={onClose} practice={practice} />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteBody({ onClose, practice }: { onClose: () => void; practice: boolean }) {
  const t = useT();
  const [text, setText] = useState("");
  const sections = useSections(useDeferredValue(text.trim()), practice);
  const entries = new Map(sections.flatMap((section) => section.entries.map((entry) => [entry.id, entry])));
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField
        aria-label={t("shell.palette.input")}
        autoFocus
        className="flex items-center gap-3 border-line border-b px-4"
      >
        <Search aria-hidden size={17} className="text-ink-3" />
        <Input
          placeholder={t("shell.palette.input")}
          className="h-13 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
        />
      </SearchField>
      <ScrollRegion label={t("shell.palette.list")} className="max-h-[66vh] overflow-y-auto rounded-b-2xl">
        <Menu
          aria-label={t("shell.palette")}
          onAction={(key) => {
            onClose();
            entries.get(String(key))?.run();
          }}
          renderEmptyState={() => <p className="px-3 py-8 text-center text-ink-3">{t("shell.palette.none")}</p>}
          className="p-2 outline-none"
        >
          {sections
            .filter((section) => section.entries.length > 0)
            .map((section) => (
              <MenuSection key={section.id} id={section.id}>
                <Header className="px-3 pt-2 pb-1 font-medium text-ink-3 text-xs">
                  {t(`shell.palette.section.${section.id}`)}
                </Header>
                {section.entries.map(({ id, label, hint, icon: Icon }) => (
                  <MenuItem
                    key={id}
                    id={id}
                    textValue={label}
                    className="flex items-center gap-3 rounded-control px-3 py-2 text-sm data-focused:bg-accent-soft"
                  >
                    <Icon aria-hidden size={16} className="shrink-0 text-ink-3" />
                    <span className="min-w-0 flex-1 truncate">{label}</span>
                    {hint ? <span className="tabular shrink-0 text-ink-3 text-xs">{hint}</span> : null}
                  </MenuItem>
                ))}
              </MenuSection>
            ))}
        </Menu>
      </ScrollRegion>
    </Autocomplete>
  );
}

function useSections(search: string, practice: boolean): Section[] {
  const t = useT();
  const navigate = useNavigate();
  const settings = useCommand("settings_get", {}, { tags: ["settings"] });
  const update = useCommandMutation("settings_update");
  const campaigns = useCommand("campaign_list", {}, { tags: ["campaigns"], enabled: search.length > 1 });
  const templates = useCommand(
    "template_list",
    { search: null, sendable_only: false },
    { tags: ["templates"], enabled: search.length > 1 },
  );
  const people = useCommand(
    "contact_list",
    { search, filter: "all", import_id: null, offset: 0, limit: 5 },
    { tags: ["contacts"], enabled: search.length > 1, keepPrevious: true },
  );
  return useMemo(() => {
    const has = (label: string) => label.toLocaleLowerCase().includes(search.toLocaleLowerCase());
    const theme = (value: "light" | "dark") => () => {
      if (settings.data) update.mutate({ ...settings.data, theme: value });
    };
    const actions: Entry[] = [
      ...places.map(({ to, label, icon }) => ({
        id: to,
        label: t("shell.palette.go", { name: t(label) }),
        icon,
        run: () => void navigate({ to }),
      })),
      {
        id: "new-campaign",
        label: t("shell.palette.newCampaign"),
        icon: Plus,
        run: () => void navigate({ to: "/campaigns/new" }),
      },
      {
        id: "unknown",
        label: t("shell.palette.unknown"),
        icon: CircleHelp,
        run: () => void navigate({ to: "/campaigns/unknown", search: {} }),
      },
      { id: "import", label: t("shell.palette.import"), icon: FilePlus2, run: () => void navigate({ to: "/import" }) },
      ...(practice
        ? [
            {
              id: "phone",
              label: t("shell.phone.show"),
              icon: Smartphone,
              run: pretendPhone.open,
            },
            {
              id: "connect",
              label: t("shell.palette.connect"),
              icon: Plug,
              run: () => void navigate({ to: "/settings/$section", params: { section: "connect" } }),
            },
          ]
        : []),
      { id: "light", label: t("shell.palette.light"), icon: Sun, run: theme("light") },
      { id: "dark", label: t("shell.palette.dark"), icon: Moon, run: theme("dark") },
    ];
    const searching = search.length > 1;
    return [
      { id: "actions", entries: actions.filter(({ label }) => has(label)) },
      {
        id: "people",
        entries: searching
          ? (people.data?.rows ?? []).map((row) => ({
              id: `contact:${row.id}`,
              label: row.name,
              hint: row.phone ?? (row.username ? `@${row.username}` : undefined),
              icon: Contact,
              run: () => void navigate({ to: "/contacts/$contactId", params: { contactId: row.id } }),
            }))
          : [],
      },
      {
        id: "campaigns",
        entries: searching
          ? (campaigns.data?.items ?? [])
              .filter(({ name }) => has(name))
              .slice(0, 5)
              .map((row) => ({
                id: `campaign:${row.id}`,
                label: row.name,
                icon: Megaphone,
                run: () => void navigate({ to: "/campaigns/$campaignId", params: { campaignId: row.id } }),
              }))
          : [],
      },
      {
        id: "templates",
        entries: searching
          ? (templates.data?.items ?? [])
              .filter(({ name }) => has(name))
              .slice(0, 5)
              .map((row) => ({
                id: `template:${row.id}`,
                label: row.name,
                hint: row.language,
                icon: LayoutTemplate,
                run: () => void navigate({ to: "/templates/$templateId", params: { templateId: row.id } }),
              }))
          : [],
      },
    ];
  }, [search, practice, t, navigate, settings.data, update, campaigns.data, templates.data, people.data]);
}
