// How far a campaign came, as a picture whose parts open the rows. Each column holds those of the later ones.
import { Link } from "@tanstack/react-router";
import { useIntl } from "react-intl";
import { cx } from "../../components/cx";
import { useT } from "../../i18n/t";
import type { CampaignRow } from "../../ipc/ipc";
import { type CountName, funnel } from "./counts";

export function Funnel({
  campaign,
  selected,
  onOpen,
}: {
  campaign: CampaignRow;
  selected: CountName | null;
  onOpen: (state: CountName) => void;
}) {
  const t = useT();
  const intl = useIntl();
  const stages = funnel(campaign.counts);
  const whole = Math.max(1, stages[0]?.count ?? 1);
  const sent = stages[1]?.count ?? 0;
  // A sliver stays visible where there is anything at all.
  const height = (count: number) => (count === 0 ? 0 : Math.max(4, (count / whole) * 100));
  return (
    <section
      aria-label={t("live.funnel")}
      className="grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line @lg/main:grid-cols-5"
    >
      {stages.map(({ name, count }, at) => {
        const here = height(count);
        const next = height(stages[at + 1]?.count ?? count);
        return (
          <button
            key={name}
            type="button"
            aria-pressed={selected === name}
            onClick={() => onOpen(name)}
            className={cx(
              "focus-inset flex min-w-0 flex-col bg-surface text-start hover:bg-hover",
              selected === name && "bg-accent-soft hover:bg-accent-soft",
            )}
          >
            <span className="px-4 pt-3.5">
              <span className="block text-ink-2">{t(`live.stage.${name}`)}</span>{" "}
              <span className="tabular block font-semibold text-2xl leading-8">{intl.formatNumber(count)}</span>{" "}
              <span className="block h-4 text-ink-3 text-xs">
                {at > 1 && sent > 0
                  ? t("live.share", { share: intl.formatNumber(count / sent, { style: "percent" }) })
                  : ""}
              </span>
            </span>
            <svg
              aria-hidden
              viewBox="0 0 100 100"
              preserveAspectRatio="none"
              className="mt-2 h-20 w-full rtl:-scale-x-100"
            >
              <polygon
                points={`0,${100 - here} 55,${100 - here} 100,${100 - next} 100,100 0,100`}
                className="fill-accent-fill"
                fillOpacity={0.28 + at * 0.2}
              />
            </svg>
          </button>
        );
      })}
      <Link
        to="/inbox"
        className="focus-inset col-span-2 flex min-w-0 flex-col bg-surface text-start hover:bg-hover @lg/main:col-span-1"
      >
        <span className="px-4 pt-3.5">
          <span className="block text-ink-2">{t("live.stage.replied")}</span>{" "}
          <span className="tabular block font-semibold text-2xl leading-8">{intl.formatNumber(campaign.replied)}</span>{" "}
          <span className="block h-4 text-ink-3 text-xs">
            {sent > 0
              ? t("live.share", { share: intl.formatNumber(campaign.replied / sent, { style: "percent" }) })
              : ""}
          </span>
        </span>
        <svg aria-hidden viewBox="0 0 100 100" preserveAspectRatio="none" className="mt-2 h-20 w-full">
          <rect
            x="0"
            width="100"
            y={100 - height(campaign.replied)}
            height={height(campaign.replied)}
            className="fill-accent-fill"
          />
        </svg>
      </Link>
    </section>
  );
}
