export function CampaignListScreen() {
  return null;
}
