// "May this person get it?" per category: the answer, the sentence, what would change it, and the event that decides.
import { ArrowDown, Check, Minus, X } from "lucide-react";
import { useIntl } from "react-intl";
import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { Card } from "../../components/Page";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { ConsentEntry, ConsentVerdict } from "../../ipc/ipc";
import { useCategoryText } from "../templates/words";

const LOOKS = {
  yes: { icon: Check, mark: "bg-good-soft text-good", edge: "border-s-good" },
  no: { icon: X, mark: "bg-trouble-soft text-trouble", edge: "border-s-trouble" },
  one_to_one: { icon: Minus, mark: "bg-sunken text-ink-2", edge: "border-s-control" },
} as const;

export function MayReceive({
  verdicts,
  timeline,
  onShowEvent,
}: {
  verdicts: readonly ConsentVerdict[];
  timeline: readonly ConsentEntry[];
  onShowEvent: (id: string) => void;
}) {
  const t = useT();
  const groups = groupVerdicts(verdicts);
  const [first, ...others] = groups;
  return (
    <section aria-label={t("contacts.mayReceive")} className="space-y-3">
      <h3 className="font-semibold text-base">{t("contacts.mayReceive")}</h3>
      {first && <Verdict group={first} timeline={timeline} onShowEvent={onShowEvent} prominent />}
      <div className="grid gap-3 @min-[36rem]/person:grid-cols-2">
        {others.map((group) => (
          <Verdict key={group.categories.join()} group={group} timeline={timeline} onShowEvent={onShowEvent} />
        ))}
      </div>
    </section>
  );
}

interface VerdictGroup {
  categories: string[];
  verdict: ConsentVerdict;
}

/** Categories with one and the same answer stand together; marketing leads. */
export function groupVerdicts(verdicts: readonly ConsentVerdict[]): VerdictGroup[] {
  const groups: VerdictGroup[] = [];
  const ordered = [...verdicts].sort((a, b) => Number(b.category === "marketing") - Number(a.category === "marketing"));
  for (const verdict of ordered) {
    const same = groups.find(
      ({ verdict: one }) =>
        one.may_receive === verdict.may_receive &&
        one.reason === verdict.reason &&
        one.sentence === verdict.sentence &&
        one.event_id === verdict.event_id,
    );
    if (same) same.categories.push(verdict.category);
    else groups.push({ categories: [verdict.category], verdict });
  }
  return groups;
}

function Verdict({
  group,
  timeline,
  onShowEvent,
  prominent = false,
}: {
  group: VerdictGroup;
  timeline: readonly ConsentEntry[];
  onShowEvent: (id: string) => void;
  prominent?: boolean;
}) {
  const t = useT();
  const intl = useIntl();
  const category = useCategoryText();
  const { verdict } = group;
  const names = intl.formatList(
    group.categories.map((one) => category(one)),
    { type: "conjunction" },
  );
  const { icon: Icon, mark, edge } = LOOKS[verdict.may_receive];
  const event = timeline.find((entry) => entry.id === verdict.event_id);
  return (
    <Card className={cx("p-4", prominent && cx("border-s-4", edge))}>
      <div className="flex gap-4">
        <span
          className={cx(
            "flex shrink-0 items-center justify-center rounded-full",
            mark,
            prominent ? "size-11" : "size-8",
          )}
        >
          <Icon aria-hidden size={prominent ? 24 : 18} strokeWidth={2.5} />
        </span>
        <div className="min-w-0 flex-1">
          <h4 className={cx("font-semibold", prominent && "text-lg leading-6")}>
            {t(`contacts.may.${verdict.may_receive}`, { category: names })}
          </h4>
          <p className="mt-0.5 text-ink-2">{verdict.sentence}</p>
          {verdict.remedy && (
            <p className="mt-1.5">
              <span className="font-medium">{t("contacts.remedy")}</span> {verdict.remedy}
            </p>
          )}
          {event && (
            <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-3 text-xs">
              <span>
                {t("contacts.decidedBy")} <bdi className="text-ink-2">{event.text}</bdi>{" "}
                <TimeText atMs={event.at_ms} style="date" />
              </span>
              <Button
                size="small"
                variant="quiet"
                icon={ArrowDown}
                className="-ms-2"
                onPress={() => onShowEvent(event.id)}
                aria-label={t("contacts.showEventFor", { category: names })}
              >
                {t("contacts.showEvent")}
              </Button>
            </div>
          )}
        </div>
      </div>
    </Card>
  );
}
