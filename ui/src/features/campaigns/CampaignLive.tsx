export function CampaignLive() {
  return null;
}
