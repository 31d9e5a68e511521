// Always in sight: what has been decided so far and what would come of it.
import type { ReactNode } from "react";
import { TemplateBubble } from "../../components/TemplateBubble";
import { Count, useDurationText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CampaignReview, TemplateRow } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import type { DraftHandle } from "./useDraft";
import { useMomentText, useMoneyText } from "./when";

/** What can still be missing once there is a template. */
export type MissingStep = "audience" | "values";

export function Summary({
  handle: { draft, isSaving, savedId },
  template,
  review,
  missing,
}: {
  handle: DraftHandle;
  template: TemplateRow | undefined;
  review: CampaignReview | undefined;
  /** Steps that are not done yet: until then the numbers are what they would be. */
  missing: readonly MissingStep[];
}) {
  const t = useT();
  const duration = useDurationText();
  const moment = useMomentText();
  const money = useMoneyText();
  const account = useCommand("account_overview", {}, { tags: ["account"] });
  const from = account.data?.numbers.find((number) => number.phone_number_id === draft.phone_number_id);
  // Before a template is chosen everything is missing, and the lines above say so.
  const open = template ? missing : [];
  const excluded = review ? review.audience - review.will_receive : 0;
  const first = review?.previews[0];
  return (
    <aside
      aria-label={t("wizard.summary")}
      className="sticky top-4 rounded-card border border-line bg-surface p-5 shadow-card"
    >
      <h2 className="mb-3 font-semibold">{t("wizard.summary")}</h2>
      <dl className="space-y-2.5 text-sm">
        <Fact name={t("wizard.summary.template")}>
          {template ? `${template.name} · ${template.language}` : <Todo />}
        </Fact>
        <Fact name={t("wizard.summary.from")}>
          {from ? <bdi dir="ltr">{from.display_phone_number}</bdi> : <Todo />}
        </Fact>
        {review ? (
          <>
            <Fact name={t("wizard.summary.audience")}>
              <Count value={review.audience} />
            </Fact>
            <Fact name={t("wizard.summary.excluded")}>
              <Count value={excluded} />
            </Fact>
            <Fact name={t(open.length > 0 ? "wizard.summary.wouldReceive" : "wizard.summary.receive")}>
              <b className="font-semibold text-accent-strong text-base">
                <Count value={review.will_receive} />
              </b>
            </Fact>
            {review.will_receive > 0 && open.length === 0 ? (
              <>
                <Fact name={t("wizard.summary.start")}>
                  {draft.rules.schedule ? moment(review.starts_at_ms, review.zone) : t("wizard.summary.start.now")}
                </Fact>
                {review.finish_at_ms === null ? null : (
                  <Fact name={t("wizard.summary.done")}>
                    {duration(Math.max(1_000, review.finish_at_ms - review.starts_at_ms))}
                  </Fact>
                )}
                {review.cost.most === null ? null : (
                  <Fact name={t("wizard.summary.cost")}>{money(review.cost.most, review.cost.currency)}</Fact>
                )}
              </>
            ) : null}
          </>
        ) : null}
      </dl>
      {open.length > 0 ? (
        <section aria-label={t("wizard.summary.missing")} className="mt-4 rounded-card bg-attention-soft px-3 py-2.5">
          <h3 className="text-ink-2 text-xs">{t("wizard.summary.missing")}</h3>
          <ul className="text-sm">
            {open.map((id) => (
              <li key={id}>{t(`wizard.summary.missing.${id}`)}</li>
            ))}
          </ul>
        </section>
      ) : null}
      {template ? (
        <TemplateBubble
          className="-mx-1 mt-4"
          content={{
            headerFormat: template.header_format,
            header: first?.header ?? template.header_text,
            body: first?.body ?? template.body,
            footer: template.footer,
            buttons: template.buttons,
          }}
        />
      ) : null}
      <p role="status" className="mt-3 min-h-4 text-ink-3 text-xs">
        {isSaving ? t("wizard.summary.saving") : savedId ? t("wizard.summary.saved") : ""}
      </p>
    </aside>
  );
}

function Todo() {
  const t = useT();
  return <span className="text-ink-3">{t("wizard.summary.todo")}</span>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="shrink-0 text-ink-3">{name}</dt>
      <dd className="tabular min-w-0 truncate text-end">{children}</dd>
    </div>
  );
}
