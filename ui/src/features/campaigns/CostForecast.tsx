// What a campaign will cost at most, by market, with the prices that this is worked out from.
import { Link } from "@tanstack/react-router";
import { Coins, MessagesSquare } from "lucide-react";
import { useIntl } from "react-intl";
import { Chip } from "../../components/feedback";
import { Card } from "../../components/Page";
import { Count } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CampaignReview, ReplyForecast } from "../../ipc/ipc";
import { useDayText, useMoneyText } from "./when";

const SHOWN = 6;

export function CostForecast({ review: { cost, will_receive, excluded } }: { review: CampaignReview }) {
  const t = useT();
  const money = useMoneyText();
  const day = useDayText();
  if (will_receive === 0) return null;
  const { currency } = cost;
  const range = cost.least !== null && cost.least !== cost.most;
  const us = excluded.find(({ code }) => code === "us_marketing");
  const lines = cost.lines.slice(0, SHOWN);
  const rest = cost.lines.length - lines.length;
  return (
    <section aria-label={t("cost.title")}>
      <h2 className="mb-2 flex flex-wrap items-center gap-2 font-semibold">
        <Coins aria-hidden size={17} className="text-accent" />
        {t("cost.title")}
        {cost.card_is_demo ? <Chip tone="attention">{t("cost.demo")}</Chip> : null}
      </h2>
      <Card className="p-5">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="tabular font-semibold text-2xl tracking-tight">
            {cost.most === null
              ? t("cost.unknown")
              : range && cost.least !== null
                ? t("cost.range", { least: money(cost.least, currency), most: money(cost.most, currency) })
                : t("cost.most", { most: money(cost.most, currency) })}
          </span>
          {cost.most === null ? null : <span className="text-ink-2 text-sm">{t("cost.delivered")}</span>}
        </p>
        {lines.length > 0 ? (
          <table className="tabular mt-4 w-full text-sm">
            <thead className="text-ink-3 text-xs">
              <tr>
                <th className="py-1 text-start font-normal">{t("cost.market")}</th>
                <th className="py-1 text-end font-normal">{t("cost.people")}</th>
                <th className="py-1 text-end font-normal">{t("cost.each")}</th>
                <th className="py-1 text-end font-normal">{t("cost.sum")}</th>
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {lines.map((line) => (
                <tr key={line.market}>
                  <th scope="row" className="py-1.5 text-start font-normal">
                    {line.market}
                  </th>
                  <td className="py-1.5 text-end">
                    <Count value={line.people} />
                  </td>
                  <td className="py-1.5 text-end text-ink-2">
                    {line.rate === null ? t("cost.noPrice") : money(line.rate, currency)}
                  </td>
                  <td className="py-1.5 text-end">{line.most === null ? "–" : money(line.most, currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
        {rest > 0 ? <p className="mt-1 text-ink-3 text-xs">{t("cost.rest", { count: rest })}</p> : null}
        <ul className="mt-3 space-y-1 text-ink-2 text-sm">
          {cost.free_people > 0 ? <li>{t("cost.free", { count: cost.free_people })}</li> : null}
          {us ? <li>{t("cost.us", { count: us.count })}</li> : null}
          {cost.budget !== null ? <li>{t("cost.budget", { budget: money(cost.budget, currency) })}</li> : null}
          {cost.month_budget !== null ? (
            <li>
              {t("cost.month", {
                month: day(cost.month),
                spent: money(cost.month_spent, currency),
                budget: money(cost.month_budget, currency),
              })}
            </li>
          ) : null}
          <li>
            {cost.card_from === null
              ? t("cost.noCard", { currency: currency ?? "" })
              : t(cost.card_is_demo ? "cost.cardDemo" : "cost.card", { from: day(cost.card_from) })}{" "}
            <Link to="/settings/$section" params={{ section: "prices" }} className="text-accent underline">
              {t("cost.prices")}
            </Link>
          </li>
        </ul>
        {cost.replies ? <Replies replies={cost.replies} currency={currency} /> : null}
      </Card>
    </section>
  );
}

/** What the answers will cost, and how that is known. */
function Replies({ replies, currency }: { replies: ReplyForecast; currency: string | null }) {
  const t = useT();
  const intl = useIntl();
  const money = useMoneyText();
  const rate = intl.formatNumber(replies.per_mille / 1000, { style: "percent", maximumFractionDigits: 1 });
  const left = replies.free_left;
  return (
    <div className="mt-4 flex gap-3 border-line border-t pt-4 text-sm">
      <MessagesSquare aria-hidden size={17} className="mt-0.5 shrink-0 text-accent" />
      <div>
        <p>
          {t("cost.replies", { people: replies.people, messages: replies.messages })}{" "}
          {replies.charged === 0
            ? t("cost.replies.free", { left, all: replies.free_per_month })
            : replies.most === null
              ? t("cost.replies.unpriced", { charged: replies.charged, left })
              : t("cost.replies.charged", { charged: replies.charged, left, most: money(replies.most, currency) })}
        </p>
        <p className="mt-0.5 text-ink-3 text-xs">
          {replies.measured
            ? t("cost.replies.measured", { rate })
            : t("cost.replies.assumed", { rate, each: intl.formatNumber(replies.messages_each_tenths / 10) })}
        </p>
      </div>
    </div>
  );
}
