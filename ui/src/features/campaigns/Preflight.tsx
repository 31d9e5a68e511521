// The checklist before a launch, with Meta's word of this moment: green, amber, red, each with its remedy.
import { CircleAlert, CircleCheck, CircleHelp, CircleX, type LucideIcon, RefreshCw } from "lucide-react";
import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { ErrorNote } from "../../components/feedback";
import { Card } from "../../components/Page";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CampaignPreflight, CheckState, PreflightCheck } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";

const look: Record<CheckState, { icon: LucideIcon; tone: string }> = {
  good: { icon: CircleCheck, tone: "text-good" },
  attention: { icon: CircleAlert, tone: "text-attention" },
  trouble: { icon: CircleX, tone: "text-trouble" },
  unchecked: { icon: CircleHelp, tone: "text-ink-3" },
};

/** Asks anew each time the review opens; what Meta says is of the moment. */
export function usePreflight(id: string, enabled: boolean) {
  return useCommand("campaign_preflight", { id }, { tags: ["templates", "settings"], enabled, fresh: true });
}

export function Preflight({ query }: { query: ReturnType<typeof usePreflight> }) {
  const t = useT();
  const { data, error, isFetching } = query;
  return (
    <section aria-label={t("preflight.title")}>
      <div className="mb-2 flex flex-wrap items-center gap-3">
        <h2 className="font-semibold">{t("preflight.title")}</h2>
        <p role="status" className="text-ink-2 text-sm">
          {isFetching ? t("preflight.checking") : data ? <Verdict found={data} /> : null}
        </p>
        <Button
          size="small"
          icon={RefreshCw}
          className="ms-auto"
          isDisabled={isFetching}
          onPress={() => void query.refetch()}
        >
          {t("preflight.again")}
        </Button>
      </div>
      {error ? <ErrorNote error={error} onRetry={() => void query.refetch()} /> : null}
      {data ? (
        <Card className={cx(isFetching && "opacity-60")}>
          <ul className="divide-y divide-line">
            {data.checks.map((check) => (
              <Line key={check.subject} check={check} />
            ))}
          </ul>
        </Card>
      ) : error ? null : (
        <Card>
          <div className="divide-y divide-line" aria-hidden>
            {[0, 1, 2, 3, 4, 5, 6, 7].map((row) => (
              <div key={row} className="flex items-center gap-3 px-4 py-3">
                <span className="skeleton size-5 rounded-full bg-sunken" />
                <span className="skeleton h-4 w-24 rounded bg-sunken" />
                <span className="skeleton h-4 flex-1 rounded bg-sunken" />
              </div>
            ))}
          </div>
        </Card>
      )}
    </section>
  );
}

function Verdict({ found }: { found: CampaignPreflight }) {
  const t = useT();
  const count = (state: CheckState) => found.checks.filter((check) => check.state === state).length;
  const words =
    found.state === "trouble"
      ? t("preflight.trouble", { count: count("trouble") })
      : found.state === "good"
        ? t("preflight.good")
        : t("preflight.attention", { count: count("attention") + count("unchecked") });
  return (
    <>
      {words} <TimeText atMs={found.checked_at_ms} style="time" className="text-ink-3" />
    </>
  );
}

function Line({ check }: { check: PreflightCheck }) {
  const t = useT();
  const { icon: Icon, tone } = look[check.state];
  return (
    <li className="flex gap-3 px-4 py-3">
      <Icon aria-hidden size={18} className={cx("mt-px shrink-0", tone)} />
      <div className="grid min-w-0 flex-1 gap-x-4 @lg/main:grid-cols-[7rem_1fr]">
        <h3 className="font-medium">
          {t(`preflight.subject.${check.subject}`)}
          <span className="sr-only">: {t(`preflight.state.${check.state}`)}</span>
        </h3>
        <div className="min-w-0">
          {check.problems.length === 0 ? (
            <p className="break-words text-ink-2">
              <bdi>{check.sentence}</bdi>
            </p>
          ) : (
            <ul className="space-y-2">
              {check.problems.map(({ code, sentence, remedy }) => (
                <li key={`${code} ${sentence}`} className="break-words">
                  <bdi>{sentence}</bdi>
                  {remedy ? (
                    <span className="block text-ink-2 text-sm">
                      <bdi>{remedy}</bdi>
                    </span>
                  ) : null}
                </li>
              ))}
            </ul>
          )}
        </div>
      </div>
    </li>
  );
}
