// Before anything happens: who gets it, who is left out and why, when it will be done, and the launch.
import { useNavigate } from "@tanstack/react-router";
import { ChevronRight, Moon, Send } from "lucide-react";
import { useState } from "react";
import { useIntl } from "react-intl";
import { Button } from "../../components/Button";
import { ErrorNote, Note, Skeleton } from "../../components/feedback";
import { ConfirmDialog, Dialog } from "../../components/overlays";
import { Card } from "../../components/Page";
import { Count, useDurationText } from "../../components/values";
import { T, useT } from "../../i18n/t";
import type { CampaignReview, CountedReason, TemplateRow } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { CostForecast } from "./CostForecast";
import { Course } from "./Course";
import { Preflight, usePreflight } from "./Preflight";
import { Previews } from "./Previews";
import { RecipientGrid } from "./RecipientGrid";
import { Rehearsal } from "./Rehearsal";
import { TestSends } from "./TestSends";
import type { DraftHandle } from "./useDraft";
import { useMomentText } from "./when";

export function ReviewStep({
  handle,
  review,
  error,
  template,
  onBack,
}: {
  handle: DraftHandle;
  review: CampaignReview | undefined;
  error: unknown;
  template: TemplateRow | undefined;
  onBack: () => void;
}) {
  const t = useT();
  const preflight = usePreflight(review?.campaign_id ?? "", review !== undefined && !handle.isSaving);
  if (error) return <ErrorNote error={error} onRetry={() => void handle.flush()} />;
  if (!review) return <Skeleton rows={5} className="h-16" />;
  return (
    <div className="space-y-7">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-semibold text-4xl tracking-tight">
          <Count value={review.will_receive} />
        </span>
        <span className="text-base">{t("review.receive", { count: review.will_receive })}</span>
        <span className="text-ink-3">{t("review.of", { audience: review.audience })}</span>
      </p>
      {review.blockers.length > 0 ? null : <Pace review={review} />}
      <Preflight query={preflight} />
      <Course review={review} />
      <CostForecast review={review} />
      <Excluded campaignId={review.campaign_id} reasons={review.excluded} />
      {template ? <Previews campaignId={review.campaign_id} template={template} /> : null}
      <Rehearsal campaignId={review.campaign_id} isDisabled={handle.isSaving || review.will_receive === 0} />
      <TestSends
        campaignId={review.campaign_id}
        isDisabled={handle.isSaving || review.blockers.some(({ code }) => code !== "nobody" && code !== "audience")}
      />
      <Launch handle={handle} review={review} stopped={preflight.data?.state === "trouble"} onBack={onBack} />
    </div>
  );
}

/** When it starts and when the last one leaves, simulated with everything that will hold. */
function Pace({ review }: { review: CampaignReview }) {
  const t = useT();
  const duration = useDurationText();
  const moment = useMomentText();
  const planned = review.starts_at_ms > Date.now() + 60_000;
  const finish = review.finish_at_ms;
  return (
    <div className="-mt-4 space-y-3 text-ink-2">
      <p>
        {planned ? `${t("review.starts", { when: moment(review.starts_at_ms, review.zone) })} ` : null}
        {finish === null
          ? t("review.noFinish", { count: review.not_in_time })
          : t("review.finish", {
              rate: review.rate_per_second,
              duration: duration(Math.max(1_000, finish - review.starts_at_ms)),
              when: moment(finish, review.zone),
            })}
      </p>
      {review.held.map(({ code, count, sentence, remedy }) => (
        <Note key={code} icon={Moon}>
          <b className="font-semibold">{t("review.held", { count })}</b> <bdi>{sentence}</bdi> {remedy}
        </Note>
      ))}
    </div>
  );
}

function Excluded({ campaignId, reasons }: { campaignId: string; reasons: CountedReason[] }) {
  const t = useT();
  const [open, setOpen] = useState<CountedReason | null>(null);
  return (
    <section aria-label={t("review.excluded")}>
      <h2 className="font-semibold">{t("review.excluded")}</h2>
      <p className="mb-2 text-ink-2">{reasons.length === 0 ? t("review.excluded.none") : t("review.excluded.lead")}</p>
      {reasons.length > 0 ? (
        <Card>
          <ul className="divide-y divide-line">
            {reasons.map((reason) => (
              <li key={reason.code}>
                <button
                  type="button"
                  onClick={() => setOpen(reason)}
                  className="focus-inset flex w-full items-center gap-4 px-4 py-3 text-start hover:bg-hover"
                >
                  <span className="w-14 shrink-0 text-end font-semibold text-base">
                    <Count value={reason.count} />
                  </span>
                  <span className="min-w-0 flex-1">
                    <span className="block">
                      <bdi>{reason.sentence}</bdi>
                    </span>
                    {reason.remedy ? (
                      <span className="block text-ink-3 text-xs">
                        <bdi>{reason.remedy}</bdi>
                      </span>
                    ) : null}
                  </span>
                  <span className="sr-only">{t("review.open", { count: reason.count })}</span>
                  <ChevronRight aria-hidden size={16} className="shrink-0 text-ink-3 rtl:rotate-180" />
                </button>
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
      <Dialog size="large" title={open?.sentence ?? ""} isOpen={open !== null} onClose={() => setOpen(null)}>
        <div className="h-[55vh]">
          {open ? <RecipientGrid campaignId={campaignId} state="excluded" reason={open.code} /> : null}
        </div>
      </Dialog>
    </section>
  );
}

function Launch({
  handle,
  review,
  stopped,
  onBack,
}: {
  handle: DraftHandle;
  review: CampaignReview;
  /** The checklist found something that stands against it. */
  stopped: boolean;
  onBack: () => void;
}) {
  const t = useT();
  const intl = useIntl();
  const navigate = useNavigate();
  const status = useCommand("app_status", {}, { tags: ["account"] });
  const launch = useCommandMutation("campaign_launch");
  // One key per press: a double click, or a retry after a lost answer, launches once.
  const [key, setKey] = useState<string | null>(null);
  const practice = status.data?.profile?.kind === "practice";
  const count = review.will_receive;
  const number = review.from_display_phone_number;
  const blocked = stopped || review.blockers.length > 0 || count === 0;
  const send = (typed: string) => {
    if (key === null) return;
    launch.mutate(
      {
        id: review.campaign_id,
        typed_number: review.confirm_by_typing ? readNumber(typed) : null,
        template_hash: review.template_hash,
        idempotency_key: key,
      },
      {
        onSuccess: () =>
          void navigate({ to: "/campaigns/$campaignId", params: { campaignId: review.campaign_id }, search: {} }),
      },
    );
  };
  return (
    <div className="bottom-0 -mx-2 [@media(min-height:36rem)]:sticky flex flex-wrap items-center justify-between gap-3 border-line border-t bg-canvas px-2 py-4">
      <Button onPress={onBack}>{t("common.back")}</Button>
      <Button
        variant="primary"
        size="large"
        icon={Send}
        isDisabled={blocked || handle.isSaving}
        className={practice ? "bg-practice text-on-practice data-hovered:bg-practice data-hovered:brightness-95" : ""}
        onPress={() => setKey(crypto.randomUUID())}
      >
        {t(practice ? "review.launch.practice" : "review.launch", { number, count })}
      </Button>
      <ConfirmDialog
        title={t("review.confirm.title", { count })}
        isOpen={key !== null}
        onClose={() => {
          setKey(null);
          launch.reset();
        }}
        onConfirm={send}
        isPending={launch.isPending}
        confirmLabel={t(practice ? "review.launch.practice" : "review.launch", { number, count })}
        {...(review.confirm_by_typing
          ? {
              typed: {
                label: t("review.confirm.type", { count: intl.formatNumber(count) }),
                description: t("review.confirm.help"),
                matches: (text: string) => readNumber(text) === count,
              },
            }
          : {})}
      >
        <p>
          <T id="review.confirm.body" values={{ count, number, b: (chunks) => <b key="b">{chunks}</b> }} />
        </p>
        {practice ? <p>{t("review.confirm.practice")}</p> : null}
        {launch.isError ? <ErrorNote error={launch.error} /> : null}
      </ConfirmDialog>
    </div>
  );
}

/** "1,840", "1 840" and "1.840" are all 1840. */
export function readNumber(text: string): number | null {
  const digits = text.replace(/[\s.,'’\u00a0\u202f]/g, "");
  return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}
