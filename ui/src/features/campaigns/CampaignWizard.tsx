import { useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote, Skeleton } from "../../components/feedback";
import { Page } from "../../components/Page";
import { Stepper } from "../../components/Stepper";
import { useT } from "../../i18n/t";
import type { CampaignDraft, CampaignReview, TemplateRow } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import { isChosen } from "./audience/model";
import { ReviewStep } from "./ReviewStep";
import { type MissingStep, Summary } from "./Summary";
import { AudienceStep } from "./steps/AudienceStep";
import { TemplateStep } from "./steps/TemplateStep";
import { ValuesStep } from "./steps/ValuesStep";
import { WhenStep } from "./steps/WhenStep";
import { type DraftHandle, emptyDraft, useDraft } from "./useDraft";
import { isComplete } from "./values";

const STEPS = ["template", "audience", "values", "when", "review"] as const;
type StepId = (typeof STEPS)[number];

/** Steps without which the summary's numbers are only what they would be. */
const COUNTED: readonly MissingStep[] = ["audience", "values"];

/** New, or a draft to go on with. */
export function CampaignWizard() {
  const { campaignId } = useParams({ strict: false });
  const search = useSearch({ strict: false }) as { template?: string; import?: string };
  if (campaignId) return <SavedDraft id={campaignId} />;
  const initial: CampaignDraft = {
    ...emptyDraft,
    template_id: search.template ?? null,
    audience: search.import
      ? { ...emptyDraft.audience, kind: "imports", import_ids: [search.import] }
      : emptyDraft.audience,
  };
  return <Wizard initial={initial} />;
}

function SavedDraft({ id }: { id: string }) {
  const t = useT();
  const campaign = useCommand("campaign_get", { id }, { tags: [] });
  if (campaign.isError)
    return (
      <Page title={t("wizard.title")}>
        <ErrorNote error={campaign.error} onRetry={() => void campaign.refetch()} />
      </Page>
    );
  if (!campaign.data)
    return (
      <Page title={t("wizard.title")}>
        <Skeleton rows={4} className="h-16" />
      </Page>
    );
  return <Wizard key={id} initial={campaign.data.draft} />;
}

function Wizard({ initial }: { initial: CampaignDraft }) {
  const t = useT();
  const handle = useDraft(initial);
  const { draft, savedId, flush } = handle;
  const [step, setStep] = useState<StepId>("template");
  const templates = useCommand("template_list", { search: null, sendable_only: false }, { tags: ["templates"] });
  const template = templates.data?.items.find(({ id }) => id === draft.template_id);
  const review = useCommand(
    "campaign_review",
    { id: savedId ?? "" },
    {
      tags: ["campaigns", "contacts", "consent", "templates", "account", "settings"],
      enabled: savedId !== null && template !== undefined,
      keepPrevious: true,
    },
  );
  const done: Record<StepId, boolean> = {
    template: template !== undefined,
    audience: isChosen(draft.audience),
    values: template !== undefined && isComplete(template, draft.values),
    when: true,
    review: false,
  };
  const position = STEPS.indexOf(step);
  const reachable = (id: StepId) => STEPS.slice(0, STEPS.indexOf(id)).every((before) => done[before]);
  const next = STEPS[position + 1];
  const previous = STEPS[position - 1];
  const go = (id: StepId) => {
    void flush();
    setStep(id);
  };
  return (
    <Page
      width="wide"
      scrollKey={step}
      title={draft.name || t("wizard.title")}
      subtitle={
        <Stepper
          label={t("wizard.steps")}
          current={step}
          onSelect={go}
          steps={STEPS.map((id) => ({ id, label: t(`wizard.step.${id}`), reachable: reachable(id), done: done[id] }))}
        />
      }
    >
      <div className="grid items-start gap-8 @4xl/main:grid-cols-[1fr_19rem]">
        <div className="min-w-0">
          <CurrentStep
            step={step}
            handle={handle}
            template={template}
            review={review.data}
            reviewError={review.error}
            onBack={() => go("when")}
          />
          {handle.error ? <ErrorNote error={handle.error} onRetry={() => void flush()} className="mt-5" /> : null}
          {next ? (
            <div className="mt-8 flex justify-between gap-3">
              {previous ? <Button onPress={() => go(previous)}>{t("common.back")}</Button> : <span />}
              <Button variant="primary" isDisabled={!done[step]} onPress={() => go(next)}>
                {t("common.next")}
              </Button>
            </div>
          ) : null}
        </div>
        <Summary
          handle={handle}
          template={template}
          review={done.template ? review.data : undefined}
          missing={COUNTED.filter((id) => !done[id])}
        />
      </div>
    </Page>
  );
}

function CurrentStep({
  step,
  handle,
  template,
  review,
  reviewError,
  onBack,
}: {
  step: StepId;
  handle: DraftHandle;
  template: TemplateRow | undefined;
  review: CampaignReview | undefined;
  reviewError: unknown;
  onBack: () => void;
}) {
  switch (step) {
    case "template":
      return <TemplateStep handle={handle} />;
    case "audience":
      return <AudienceStep handle={handle} />;
    case "values":
      return template ? <ValuesStep handle={handle} template={template} review={review} /> : null;
    case "when":
      return <WhenStep handle={handle} review={review} />;
    case "review":
      return <ReviewStep handle={handle} review={review} error={reviewError} template={template} onBack={onBack} />;
  }
}
