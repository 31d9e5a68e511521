export function CampaignWizard() {
  return null;
}
