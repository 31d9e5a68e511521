// What did not arrive, and which of it is safe to try again. The button says how many; every other group says why not.
import { Ban, RotateCcw } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { ErrorNote, Note } from "../../components/feedback";
import { ConfirmDialog } from "../../components/overlays";
import { Card } from "../../components/Page";
import { Count } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CampaignDetail } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";

export function Retry({ campaign: { row } }: { campaign: CampaignDetail }) {
  const t = useT();
  const { counts } = row;
  const something = counts.failed + counts.withheld + counts.unknown > 0;
  const offer = useCommand(
    "campaign_retry_offer",
    { id: row.id },
    { tags: ["campaigns"], enabled: something && row.state !== "draft" },
  );
  const retry = useCommandMutation("campaign_retry");
  const [asking, setAsking] = useState(false);
  if (!something || !offer.data || offer.data.groups.length === 0) return null;
  const { count, blocked, groups } = offer.data;
  return (
    <section aria-label={t("retry.title")}>
      <div className="mb-2 flex flex-wrap items-center gap-3">
        <h2 className="font-semibold">{t("retry.title")}</h2>
        {count > 0 ? (
          <Button
            icon={RotateCcw}
            className="ms-auto"
            isDisabled={blocked !== null}
            isPending={retry.isPending}
            onPress={() => setAsking(true)}
          >
            {t("retry.button", { count })}
          </Button>
        ) : null}
      </div>
      {count === 0 ? <p className="mb-2 text-ink-2">{t("retry.nothing")}</p> : null}
      {blocked !== null && count > 0 ? (
        <Note tone="attention" icon={Ban}>
          <b className="font-semibold">{t("retry.blocked")}</b> <bdi>{blocked}</bdi>
        </Note>
      ) : null}
      <Card className={blocked !== null && count > 0 ? "mt-2" : ""}>
        <ul className="divide-y divide-line">
          {groups.map((group) => (
            <li key={`${group.code} ${group.why}`} className="flex gap-4 px-4 py-3">
              <span className="w-12 shrink-0 text-end font-semibold">
                <Count value={group.count} />
              </span>
              <span className="min-w-0 flex-1">
                <span className="block break-words">
                  <bdi>{group.sentence}</bdi>
                </span>
                <span className={cx("block text-xs", group.retries ? "text-good" : "text-ink-3")}>
                  <b className="font-semibold">{t(group.retries ? "retry.yes" : "retry.no")}</b> <bdi>{group.why}</bdi>
                </span>
              </span>
            </li>
          ))}
        </ul>
      </Card>
      {retry.isError ? <ErrorNote error={retry.error} className="mt-3" /> : null}
      <ConfirmDialog
        title={t("retry.button", { count })}
        isOpen={asking}
        onClose={() => setAsking(false)}
        confirmLabel={t("retry.button", { count })}
        isPending={retry.isPending}
        onConfirm={() => retry.mutate({ id: row.id }, { onSettled: () => setAsking(false) })}
      >
        <p>{t("retry.confirm", { count })}</p>
      </ConfirmDialog>
    </section>
  );
}
