// What the file is worth: a verdict per row, what it proves in one sentence, and the decision about rows that
// prove nothing. Every count opens its rows.
import { useState } from "react";
import { useIntl } from "react-intl";
import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { ErrorNote, Note, ProgressBar } from "../../components/feedback";
import { RadioGroup } from "../../components/fields";
import { Card } from "../../components/Page";
import { Count } from "../../components/values";
import { useT } from "../../i18n/t";
import type {
  AmbiguousDate,
  ImportCommit,
  ImportInspection,
  ImportPreview,
  ImportPreviewRequest,
  UnprovenChoice,
} from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import { useJobProgress } from "../../ipc/useJobProgress";
import { type AttestationDraft, AttestationForm, emptyAttestation, isComplete } from "./AttestationForm";
import { FileLine } from "./Columns";
import { PreviewRows, type RowFilter } from "./PreviewRows";
import { type ReadAs, ReadAsChoices } from "./ReadAsChoices";

export function Preview({
  inspection,
  request,
  onChangeColumns,
  onRequest,
  onReadAs,
  onCommit,
}: {
  inspection: ImportInspection;
  request: ImportPreviewRequest;
  onChangeColumns: () => void;
  /** The same file, judged in another way. */
  onRequest: (request: ImportPreviewRequest) => void;
  onReadAs: (next: ReadAs) => void;
  onCommit: (commit: ImportCommit) => void;
}) {
  const t = useT();
  const preview = useCommand("consent_import_preview", request, { tags: [], fresh: true });
  const progress = useJobProgress(null);
  if (preview.isError)
    return (
      <ErrorNote
        error={preview.error}
        onRetry={() => void preview.refetch()}
        action={
          <Button size="small" onPress={onChangeColumns}>
            {t("import.changeColumns")}
          </Button>
        }
      />
    );
  if (!preview.data)
    return <ProgressBar label={t("import.judging")} done={progress?.done ?? 0} total={progress?.total ?? null} />;
  return (
    <Judged
      inspection={inspection}
      request={request}
      preview={preview.data}
      onChangeColumns={onChangeColumns}
      onRequest={onRequest}
      onReadAs={onReadAs}
      onCommit={onCommit}
    />
  );
}

const CHOICES: UnprovenChoice[] = ["attest", "without_marketing", "leave"];

/** Whom an import would change something about, for a choice about rows that prove nothing. */
function changesOf(preview: ImportPreview, choice: UnprovenChoice | null): number {
  const unproven =
    choice === "attest"
      ? Math.max(preview.unproven_attestable, preview.unproven_new)
      : choice === "without_marketing"
        ? preview.unproven_new
        : 0;
  return preview.proven_new + unproven;
}

function Judged({
  inspection,
  request,
  preview,
  onChangeColumns,
  onRequest,
  onReadAs,
  onCommit,
}: {
  inspection: ImportInspection;
  request: ImportPreviewRequest;
  preview: ImportPreview;
  onChangeColumns: () => void;
  onRequest: (request: ImportPreviewRequest) => void;
  onReadAs: (next: ReadAs) => void;
  onCommit: (commit: ImportCommit) => void;
}) {
  const t = useT();
  const [filter, setFilter] = useState<RowFilter>("all");
  const [choice, setChoice] = useState<UnprovenChoice | null>(preview.unproven === 0 ? "leave" : null);
  const [attestation, setAttestation] = useState<AttestationDraft>(emptyAttestation);
  const taken = changesOf(preview, choice);
  // The same file with the same choice: the core would answer that nothing changed, so it is not offered.
  const again = preview.imported_before !== null && choice === preview.imported_before_choice;
  const ready = choice !== null && (choice !== "attest" || preview.unproven === 0 || isComplete(attestation));
  const writes = !again && taken + preview.opted_out_new + preview.known > 0;
  return (
    <div className="space-y-5">
      <div className="flex items-start justify-between gap-4">
        <FileLine inspection={inspection} />
        <Button variant="quiet" onPress={onChangeColumns}>
          {t("import.changeColumns")}
        </Button>
      </div>
      <ReadAsChoices inspection={inspection} onReadAs={onReadAs} />
      {inspection.ambiguous_date ? (
        <DateQuestion date={inspection.ambiguous_date} request={request} onRequest={onRequest} />
      ) : null}
      <Note tone={preview.proven > 0 ? "good" : "attention"} className="text-base">
        <bdi>{preview.proof_sentence}</bdi>
      </Note>
      <div className="grid grid-cols-2 gap-3 @4xl/main:grid-cols-4">
        <Figure label={t("import.proven")} value={preview.proven} tone="text-good" />
        <Figure
          label={t("import.unproven")}
          value={preview.unproven}
          tone={preview.unproven > 0 ? "text-attention" : "text-ink"}
          onPress={preview.unproven > 0 ? () => setFilter("unproven") : undefined}
        />
        <Figure label={t("import.opted")} value={preview.opted_out} />
        <Figure label={t("import.new")} value={preview.new_contacts} />
      </div>
      {preview.suppressed > 0 ? <Note>{t("import.suppressed", { count: preview.suppressed })}</Note> : null}
      {preview.unproven > 0 ? (
        <Card className="p-5">
          <RadioGroup
            label={t("import.unproven.question", { count: preview.unproven })}
            value={choice}
            onChange={setChoice}
            options={CHOICES.map((value) => ({
              value,
              label: t(`import.unproven.${value}`),
              description: t(`import.unproven.${value}.help`),
            }))}
          />
          {choice === "attest" ? (
            <AttestationForm value={attestation} onChange={setAttestation} className="mt-5 border-line border-t pt-5" />
          ) : null}
        </Card>
      ) : null}
      <section aria-label={t("import.rows")}>
        <div className="mb-2 flex flex-wrap items-center gap-1.5">
          <FilterButton
            current={filter}
            value="all"
            label={t("import.rows.all")}
            count={inspection.rows}
            onSelect={setFilter}
          />
          {preview.verdicts
            .filter(({ count }) => count > 0)
            .map(({ verdict, count }) => (
              <FilterButton
                key={verdict}
                current={filter}
                value={verdict}
                label={t(`verdict.${verdict}`)}
                count={count}
                onSelect={setFilter}
              />
            ))}
          {preview.unproven > 0 ? (
            <FilterButton
              current={filter}
              value="unproven"
              label={t("import.rows.unproven")}
              count={preview.unproven}
              onSelect={setFilter}
            />
          ) : null}
        </div>
        <Card className="h-88 overflow-hidden">
          <PreviewRows previewId={preview.preview_id} filter={filter} />
        </Card>
      </section>
      {preview.reasons.some(({ count }) => count > 0) ? (
        <section aria-label={t("import.reasons")}>
          <h2 className="mb-2 font-semibold">{t("import.reasons")}</h2>
          <ul className="space-y-1 text-ink-2">
            {preview.reasons
              .filter(({ count }) => count > 0)
              .map(({ code, sentence, remedy, count }) => (
                <li key={`${code} ${sentence}`} className="flex gap-3">
                  <span className="w-12 shrink-0 text-end font-medium text-ink">
                    <Count value={count} />
                  </span>
                  <span>
                    {sentence}
                    {remedy ? <span className="text-ink-3"> · {remedy}</span> : null}
                  </span>
                </li>
              ))}
          </ul>
        </section>
      ) : null}
      <div className="bottom-0 -mx-8 [@media(min-height:36rem)]:sticky flex justify-end border-line border-t bg-canvas px-8 py-4">
        <Button
          variant="primary"
          size="large"
          isDisabled={!ready || !writes}
          onPress={() => {
            if (!choice) return;
            onCommit({
              preview_id: preview.preview_id,
              unproven: choice,
              attestation: choice === "attest" && preview.unproven > 0 ? attestation : null,
            });
          }}
        >
          {again
            ? t("import.goSame")
            : taken > 0
              ? t("import.go", { count: taken })
              : preview.opted_out_new > 0 && choice !== null
                ? t("import.optOutsOnly", { count: preview.opted_out_new })
                : preview.known > 0 && choice !== null
                  ? t("import.goKnown", { count: preview.known })
                  : choice === null
                    ? t("import.goDecide", { count: preview.unproven })
                    : t("import.goNone")}
        </Button>
      </div>
    </div>
  );
}

/** 03/04/2026 is in April or in March, and nothing in the file tells: whoever made it knows. */
function DateQuestion({
  date,
  request,
  onRequest,
}: {
  date: AmbiguousDate;
  request: ImportPreviewRequest;
  onRequest: (request: ImportPreviewRequest) => void;
}) {
  const t = useT();
  const { formatDate } = useIntl();
  const day = (ms: number) => formatDate(ms, { dateStyle: "long", timeZone: "UTC" });
  return (
    <Card className="p-5">
      <RadioGroup
        label={t("import.dates.question", { written: date.written })}
        description={t("import.dates.help")}
        orientation="horizontal"
        value={request.date_order}
        onChange={(date_order) => onRequest({ ...request, date_order })}
        options={[
          { value: "day_first" as const, label: day(date.day_first_ms) },
          { value: "month_first" as const, label: day(date.month_first_ms) },
        ]}
      />
    </Card>
  );
}

function Figure({
  label,
  value,
  tone = "text-ink",
  onPress,
}: {
  label: string;
  value: number;
  tone?: string;
  onPress?: (() => void) | undefined;
}) {
  const body = (
    <>
      <span className={cx("block font-semibold text-2xl leading-8", tone)}>
        <Count value={value} />
      </span>
      <span className="block text-ink-2 text-sm">{label}</span>
    </>
  );
  const look = "rounded-card border border-line bg-surface px-5 py-4 text-start shadow-card";
  return onPress ? (
    <button type="button" onClick={onPress} className={cx(look, "hover:border-control")}>
      {body}
    </button>
  ) : (
    <div className={look}>{body}</div>
  );
}

function FilterButton({
  current,
  value,
  label,
  count,
  onSelect,
}: {
  current: RowFilter;
  value: RowFilter;
  label: string;
  count: number;
  onSelect: (filter: RowFilter) => void;
}) {
  const isCurrent = current === value;
  return (
    <button
      type="button"
      aria-pressed={isCurrent}
      onClick={() => onSelect(value)}
      className={cx(
        "rounded-full border px-3 py-1 text-xs",
        isCurrent
          ? "border-accent bg-accent-soft font-semibold text-accent-strong"
          : "border-line bg-surface text-ink-2 hover:border-control",
      )}
    >
      {label} <Count value={count} />
    </button>
  );
}
