// The address book: everybody as a table; with a person open, names beside the person's page.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { FileUp, Users, X } from "lucide-react";
import { useRef, useState } from "react";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { DataGrid, type GridColumn } from "../../components/DataGrid";
import { Chip, EmptyState } from "../../components/feedback";
import { SearchField, Select } from "../../components/fields";
import { readablePhone } from "../../components/phoneNumber";
import { SegmentedControl } from "../../components/SegmentedControl";
import { onlyOnePane, PaneTitle } from "../../components/SplitView";
import { useGridSource } from "../../components/useGridSource";
import { useWidth } from "../../components/useWidth";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { ContactFilter, ContactRow } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import { PersonPage } from "./PersonPage";
import { addressOf, useConsentLook } from "./words";

const FILTERS = [
  "all",
  "marketing",
  "opted_out",
  "no_consent",
  "to_decide",
] as const satisfies readonly ContactFilter[];

export function ContactsScreen() {
  const t = useT();
  const navigate = useNavigate();
  const { contactId } = useParams({ strict: false });
  const address = useSearch({ strict: false });
  const filter = FILTERS.find((one) => one === address.filter) ?? "all";
  const search = address.search ?? "";
  const importId = address.import ?? null;
  const [total, setTotal] = useState<number | undefined>(undefined);
  const narrow = contactId !== undefined;
  const table = useRef<HTMLElement>(null);
  const width = useWidth(table);
  const columns = useColumns(narrow, width);
  const words = search.trim();
  const source = useGridSource("contact_list", { search: words === "" ? null : words, filter, import_id: importId }, [
    "contacts",
    "consent",
    "imports",
  ]);

  const imports = useCommand("consent_import_list", {}, { tags: ["imports"], enabled: importId !== null });
  const importName = imports.data?.items.find((one) => one.import_id === importId)?.file_name;

  const show = (next: { filter?: ContactFilter; search?: string; import?: string | null }) => {
    const merged = { filter, search, import: importId, ...next };
    void navigate({
      to: contactId ? "/contacts/$contactId" : "/contacts",
      params: { contactId: contactId ?? "" },
      search: {
        ...(merged.filter === "all" ? {} : { filter: merged.filter }),
        ...(merged.search === "" ? {} : { search: merged.search }),
        ...(merged.import ? { import: merged.import } : {}),
      },
      replace: true,
    });
  };
  const close = () =>
    void navigate({ to: "/contacts", search: address }).then(() => {
      document.querySelector<HTMLElement>('[role=grid] [role=row][tabindex="0"]')?.focus();
    });
  const filterOptions = FILTERS.map((value) => ({ value, label: t(`contacts.filter.${value}`) }));

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc closes the person from anywhere on their page
    <div
      className="@container/split h-full"
      onKeyDown={(event) => {
        if (event.key === "Escape" && narrow && !event.defaultPrevented) close();
      }}
    >
      <div className="flex h-full min-h-0">
        <section
          ref={table}
          aria-label={t("contacts.list")}
          className={cx(
            "min-h-0 flex-col",
            narrow
              ? "hidden w-72 shrink-0 border-line border-e @min-[42rem]/split:flex @min-[58rem]/split:w-88"
              : "flex min-w-0 flex-1",
          )}
        >
          <header className={cx("space-y-3 border-line border-b pt-5 pb-3", narrow ? "px-4" : "px-8 pt-7")}>
            <div className="flex flex-wrap items-center gap-3">
              <h1 className={cx("font-semibold tracking-tight", narrow ? "text-xl" : "text-2xl")}>
                {t("contacts.title")}
              </h1>
              <span aria-live="polite" className="flex-1 pt-1 text-ink-3 text-sm tabular">
                {total === undefined ? "" : t("contacts.count", { count: total })}
              </span>
              {!narrow && (
                <Button variant="primary" icon={FileUp} onPress={() => void navigate({ to: "/import" })}>
                  {t("contacts.import")}
                </Button>
              )}
            </div>
            <div className={cx("flex flex-wrap gap-3", narrow && "flex-col")}>
              <SearchField
                label={t("contacts.search")}
                value={search}
                onChange={(text) => show({ search: text })}
                className={narrow ? "" : "w-80 max-w-full"}
              />
              {narrow ? (
                <Select
                  label={t("contacts.filter")}
                  hideLabel
                  options={filterOptions}
                  value={filter}
                  onChange={(value) => show({ filter: value })}
                />
              ) : (
                <SegmentedControl
                  label={t("contacts.filter")}
                  options={filterOptions}
                  value={filter}
                  onChange={(value) => show({ filter: value })}
                />
              )}
            </div>
            {importId && (
              <Chip tone="accent">
                {t("contacts.fromImport", { file: importName ?? "…" })}
                <button
                  type="button"
                  aria-label={t("contacts.allImports")}
                  onClick={() => show({ import: null })}
                  className="-me-1 rounded-full p-0.5 hover:bg-hover"
                >
                  <X aria-hidden size={12} />
                </button>
              </Chip>
            )}
          </header>
          <div className={cx("min-h-0 flex-1", !narrow && "px-4")}>
            <DataGrid
              label={t("contacts.list")}
              source={source}
              columns={columns}
              rowId={(row) => row.id}
              selectedId={contactId ?? null}
              hideHeader={narrow}
              rowHeight={narrow ? 64 : undefined}
              onOpen={(row) =>
                void navigate({ to: "/contacts/$contactId", params: { contactId: row.id }, search: address })
              }
              onTotal={setTotal}
              empty={
                <Nobody
                  filtered={words !== "" || filter !== "all" || importId !== null}
                  onShowAll={() => show({ filter: "all", search: "", import: null })}
                  onImport={() => void navigate({ to: "/import" })}
                />
              }
            />
          </div>
        </section>
        {contactId && (
          <section aria-label={t("contacts.person")} className="min-h-0 min-w-0 flex-1">
            <PaneTitle className={onlyOnePane}>{t("contacts.title")}</PaneTitle>
            <PersonPage key={contactId} contactId={contactId} onClose={close} />
          </section>
        )}
      </div>
    </div>
  );
}

/** Below this the table has room for who and whether, not for when. */
const ROOM_FOR_DATES_PX = 820;
const ROOM_FOR_NUMBER_PX = 560;

function useColumns(narrow: boolean, width: number): GridColumn<ContactRow>[] {
  const t = useT();
  const roomForNumber = width >= ROOM_FOR_NUMBER_PX;
  const person: GridColumn<ContactRow> = {
    id: "name",
    header: t("contacts.column.name"),
    width: "minmax(0,3fr)",
    render: (row) => (
      <span className="flex items-center gap-3">
        <Avatar name={row.name} size={narrow ? "medium" : "small"} />
        <span className="min-w-0">
          <span className="block truncate font-medium">
            <bdi>{readablePhone(row.name)}</bdi>
          </span>
          {narrow ? (
            <ConsentChip consent={row.consent} />
          ) : (
            !roomForNumber && (
              <span className="block truncate text-ink-3 text-xs">
                <bdi>{addressOf(row)}</bdi>
              </span>
            )
          )}
        </span>
      </span>
    ),
  };
  if (narrow) return [person];
  const address: GridColumn<ContactRow> = {
    id: "address",
    header: t("contacts.column.address"),
    width: "minmax(0,2fr)",
    render: (row) => (
      <bdi className={row.name === row.phone ? "text-ink-3" : "text-ink-2"}>
        {addressOf(row) ?? t("contacts.noNumber")}
      </bdi>
    ),
  };
  const consent: GridColumn<ContactRow> = {
    id: "consent",
    header: t("contacts.column.consent"),
    width: "minmax(0,2fr)",
    render: (row) => <ConsentChip consent={row.consent} />,
  };
  const since: GridColumn<ContactRow> = {
    id: "since",
    header: t("contacts.column.since"),
    width: "minmax(0,1.2fr)",
    render: (row) =>
      row.consent_at_ms === null ? <None /> : <TimeText atMs={row.consent_at_ms} style="date" className="text-ink-2" />,
  };
  const heard: GridColumn<ContactRow> = {
    id: "heard",
    header: t("contacts.column.heard"),
    width: "minmax(0,1.2fr)",
    align: "end",
    render: (row) =>
      row.last_activity_at_ms === null ? (
        <None />
      ) : (
        <TimeText atMs={row.last_activity_at_ms} style="relative" className="text-ink-2" />
      ),
  };
  return [person, ...(roomForNumber ? [address] : []), consent, ...(width >= ROOM_FOR_DATES_PX ? [since, heard] : [])];
}

function None() {
  const t = useT();
  return (
    <span className="text-ink-3">
      <span aria-hidden>–</span>
      <span className="sr-only">{t("contacts.none")}</span>
    </span>
  );
}

export function ConsentChip({ consent }: { consent: string }) {
  const look = useConsentLook()(consent);
  return (
    <Chip tone={look.tone} icon={look.icon}>
      {look.text}
    </Chip>
  );
}

function Nobody({ filtered, onShowAll, onImport }: { filtered: boolean; onShowAll: () => void; onImport: () => void }) {
  const t = useT();
  if (filtered) {
    return (
      <EmptyState
        icon={Users}
        title={t("contacts.nobody")}
        action={<Button onPress={onShowAll}>{t("contacts.showAll")}</Button>}
      >
        {t("contacts.nobodyHelp")}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Users}
      title={t("contacts.empty")}
      action={
        <Button variant="primary" icon={FileUp} onPress={onImport}>
          {t("contacts.import")}
        </Button>
      }
    >
      {t("contacts.emptyHelp")}
    </EmptyState>
  );
}
