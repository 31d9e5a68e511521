import { Link } from "@tanstack/react-router";
import { Megaphone, Plus } from "lucide-react";
import { useState } from "react";
import { Button, buttonClass } from "../../components/Button";
import { EmptyState, ErrorNote, Note, Skeleton } from "../../components/feedback";
import { SearchField } from "../../components/fields";
import { Page } from "../../components/Page";
import { useT } from "../../i18n/t";
import { useCommand } from "../../ipc/queries";
import { CampaignCard } from "./CampaignCard";
import { useDraftRemoval } from "./useDraftRemoval";

export function CampaignListScreen() {
  const t = useT();
  const [search, setSearch] = useState("");
  const campaigns = useCommand("campaign_list", {}, { tags: ["campaigns"] });
  const removal = useDraftRemoval();
  const all = campaigns.data?.items ?? [];
  const shown = all.filter(({ name }) => name.toLocaleLowerCase().includes(search.toLocaleLowerCase()));
  const create = (
    <Link to="/campaigns/new" className={buttonClass("primary")}>
      <Plus aria-hidden size={16} />
      {t("campaigns.new")}
    </Link>
  );
  return (
    <Page title={t("campaigns.title")} actions={create}>
      {campaigns.isError ? <ErrorNote error={campaigns.error} onRetry={() => void campaigns.refetch()} /> : null}
      {campaigns.isPending ? <Skeleton rows={4} className="h-20" /> : null}
      {campaigns.data && all.length === 0 ? (
        <EmptyState icon={Megaphone} title={t("campaigns.empty")} action={create}>
          {t("campaigns.empty.body")}
        </EmptyState>
      ) : null}
      {all.length > 5 ? (
        <SearchField label={t("campaigns.filter")} value={search} onChange={setSearch} className="mb-4 max-w-xs" />
      ) : null}
      {removal.error ? <ErrorNote error={removal.error} className="mb-4" /> : null}
      {removal.removed ? (
        <Note
          className="mb-4"
          action={
            <Button size="small" onPress={removal.undo}>
              {t("common.undo")}
            </Button>
          }
        >
          <span role="status">{t("campaigns.deleted", { name: removal.removed.name || t("campaigns.unnamed") })}</span>
        </Note>
      ) : null}
      <ul className="space-y-3">
        {shown.map((campaign) => (
          <li key={campaign.id}>
            <CampaignCard campaign={campaign} onDelete={() => removal.remove(campaign.id)} />
          </li>
        ))}
      </ul>
    </Page>
  );
}
