// A template to one person: choose, fill, see it as they will, and be told before sending whether consent allows it.
import { Check, ChevronLeft, FileImage, Send, ShieldAlert } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { ListBox, ListBoxItem, Text } from "react-aria-components";
import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { Chip, EmptyState, ErrorNote, Note, Skeleton } from "../../components/feedback";
import { SearchField, TextField } from "../../components/fields";
import { Dialog } from "../../components/overlays";
import { TemplateBubble } from "../../components/TemplateBubble";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import type { ConsentVerdict, TemplateRow } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { filledBubble, keysOf, MEDIA_KEY, sampleValues, variableName } from "../templates/fill";
import { useCategoryText, useLanguageName } from "../templates/words";

export interface TemplateTarget {
  contactId: string;
  name: string;
  verdicts: readonly ConsentVerdict[];
}

export function SendTemplateDialog({
  target,
  isOpen,
  onClose,
}: {
  target: TemplateTarget;
  isOpen: boolean;
  onClose: () => void;
}) {
  return isOpen ? <OpenDialog target={target} onClose={onClose} /> : null;
}

function OpenDialog({ target, onClose }: { target: TemplateTarget; onClose: () => void }) {
  const t = useT();
  const [chosen, setChosen] = useState<TemplateRow | null>(null);
  const [values, setValues] = useState<ReadonlyMap<string, string>>(new Map());
  const key = useRef(crypto.randomUUID());
  const send = useCommandMutation("message_send_template");
  const verdict = chosen ? verdictFor(target.verdicts, chosen.category) : undefined;
  const missing = (chosen ? keysOf(chosen) : []).filter((variable) => (values.get(variable) ?? "").trim() === "");
  const forbidden = verdict?.may_receive === "no";

  const choose = (template: TemplateRow) => {
    const first = target.name.split(" ")[0] ?? "";
    const named = /\p{L}/u.test(first) ? first : "";
    setValues(new Map(keysOf(template).map((v) => [v, /^(first_?)?name$/.test(variableName(v)) ? named : ""])));
    send.reset();
    key.current = crypto.randomUUID();
    setChosen(template);
  };
  const submit = () => {
    if (!chosen || forbidden || missing.length > 0 || send.isPending) return;
    send.mutate(
      {
        contact_id: target.contactId,
        template_id: chosen.id,
        values: keysOf(chosen).map((name) => ({ name, value: values.get(name) ?? "" })),
        idempotency_key: key.current,
      },
      { onSuccess: onClose },
    );
  };

  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="large"
      title={
        chosen
          ? t("inbox.template.titleChosen", { name: target.name })
          : t("inbox.template.title", { name: target.name })
      }
      footer={
        chosen ? (
          <>
            <Button variant="quiet" icon={ChevronLeft} onPress={() => setChosen(null)} className="me-auto">
              {t("inbox.template.other")}
            </Button>
            <Button onPress={onClose}>{t("common.cancel")}</Button>
            <Button
              variant="primary"
              icon={Send}
              isDisabled={forbidden || missing.length > 0}
              isPending={send.isPending}
              onPress={submit}
            >
              {t("inbox.template.send")}
            </Button>
          </>
        ) : undefined
      }
    >
      {chosen ? (
        <form
          className="grid gap-6 md:grid-cols-[1fr_20rem]"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <div className="space-y-4">
            {verdict && <VerdictNote verdict={verdict} />}
            {keysOf(chosen).length === 0 ? (
              <p className="text-ink-2">{t("inbox.template.noValues")}</p>
            ) : (
              keysOf(chosen).map((variable) => (
                <ValueField
                  key={variable}
                  variable={variable}
                  sample={sampleValues(chosen).get(variable) ?? ""}
                  value={values.get(variable) ?? ""}
                  onChange={(value) => setValues(new Map(values).set(variable, value))}
                />
              ))
            )}
            {send.error && <ErrorNote error={send.error} onRetry={send.error.ui.retryable ? submit : undefined} />}
            <button type="submit" className="sr-only" tabIndex={-1} aria-hidden>
              {t("inbox.template.send")}
            </button>
          </div>
          <TemplateBubble
            content={filledBubble(chosen, values)}
            label={t("inbox.template.preview", { name: target.name })}
          />
        </form>
      ) : (
        <TemplateChoice verdicts={target.verdicts} onChoose={choose} />
      )}
    </Dialog>
  );
}

function ValueField({
  variable,
  sample,
  value,
  onChange,
}: {
  variable: string;
  sample: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const t = useT();
  const ipc = useIpc();
  if (variable === MEDIA_KEY) {
    return (
      <div>
        <p className="mb-1 font-medium">{t("inbox.template.picture")}</p>
        <div className="flex items-center gap-3">
          <Button
            icon={FileImage}
            onPress={async () => {
              const path = await ipc.chooseFile({
                title: t("inbox.template.choosePicture"),
                filters: [{ name: t("inbox.template.picture"), extensions: ["jpg", "jpeg", "png"] }],
              });
              if (path) onChange(path);
            }}
          >
            {t("inbox.template.choosePicture")}
          </Button>
          <span className="min-w-0 flex-1 truncate text-ink-2">
            <bdi>{value.split(/[\\/]/).at(-1)}</bdi>
          </span>
        </div>
      </div>
    );
  }
  return (
    <TextField
      label={t("inbox.template.value", { name: variableName(variable) })}
      placeholder={sample === "" ? undefined : t("inbox.template.sample", { sample })}
      value={value}
      onChange={onChange}
    />
  );
}

function TemplateChoice({
  verdicts,
  onChoose,
}: {
  verdicts: readonly ConsentVerdict[];
  onChoose: (t: TemplateRow) => void;
}) {
  const t = useT();
  const category = useCategoryText();
  const language = useLanguageName();
  const [search, setSearch] = useState("");
  const list = useCommand("template_list", { search: null, sendable_only: true }, { tags: ["templates"] });
  const shown = useMemo(() => {
    const words = search.trim().toLowerCase();
    const allowed = (row: TemplateRow) => verdictFor(verdicts, row.category)?.may_receive !== "no";
    return (list.data?.items ?? [])
      .filter((row) => `${row.name} ${row.body}`.toLowerCase().includes(words))
      .sort((a, b) => Number(allowed(b)) - Number(allowed(a)));
  }, [list.data, search, verdicts]);

  if (list.error) return <ErrorNote error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <Skeleton rows={5} className="h-14" />;
  if (list.data.items.length === 0) {
    return <EmptyState title={t("inbox.template.none")}>{t("inbox.template.noneHelp")}</EmptyState>;
  }
  return (
    <>
      <SearchField
        isPageSearch={false}
        label={t("inbox.template.search")}
        value={search}
        onChange={setSearch}
        className="mb-3"
      />
      <ListBox
        aria-label={t("inbox.template.list")}
        items={shown.slice(0, 200)}
        dependencies={[verdicts]}
        selectionMode="none"
        onAction={(id) => {
          const row = shown.find((one) => one.id === id);
          if (row) onChoose(row);
        }}
        renderEmptyState={() => <p className="px-2 py-6 text-center text-ink-2">{t("inbox.template.noMatch")}</p>}
        className="grid gap-1 outline-none"
      >
        {(row) => {
          const verdict = verdictFor(verdicts, row.category);
          const no = verdict?.may_receive === "no";
          return (
            <ListBoxItem
              id={row.id}
              textValue={row.name}
              className="flex items-start gap-3 rounded-card border border-line p-3 data-focused:border-accent data-hovered:bg-hover data-focus-visible:outline-2 data-focus-visible:outline-accent"
            >
              <span className="min-w-0 flex-1">
                <Text slot="label" className="block truncate font-medium">
                  {row.name}
                </Text>
                <Text slot="description" className="line-clamp-2 text-ink-2 text-xs">
                  {row.body}
                </Text>
              </span>
              <span className="flex shrink-0 flex-col items-end gap-1">
                <span className="text-ink-3 text-xs">
                  {category(row.category)} · {language(row.language)}
                </span>
                <Chip tone={no ? "trouble" : "good"} icon={no ? ShieldAlert : Check}>
                  {no ? t("inbox.template.notAllowed") : t("inbox.template.allowed")}
                </Chip>
              </span>
            </ListBoxItem>
          );
        }}
      </ListBox>
    </>
  );
}

/** The answer of the core to "may they get this?", with what would change it. */
export function VerdictNote({ verdict, className }: { verdict: ConsentVerdict; className?: string }) {
  const no = verdict.may_receive === "no";
  return (
    <Note tone={no ? "trouble" : "good"} icon={no ? ShieldAlert : Check} className={cx(className)}>
      <p className="font-medium">{verdict.sentence}</p>
      {verdict.remedy && <p className="mt-0.5 text-ink-2">{verdict.remedy}</p>}
    </Note>
  );
}

export function verdictFor(verdicts: readonly ConsentVerdict[], category: string): ConsentVerdict | undefined {
  return verdicts.find((one) => one.category === category);
}
