// The screens of the window, for journeys that look at all of them.
import { finishImport, launchCampaign, prepareCampaign, shownCampaign } from "./flows.mjs";
import { until } from "./processes.mjs";

/** Puts something on every screen: people, a campaign under way, conversations. Gives the ids that addresses need. */
export async function furnish(page) {
  const { path: list } = await page.ask("sample_list_path");
  await page.visit(`/import?file=${encodeURIComponent(list)}`);
  await finishImport(page, { unproven: "without" });
  await page.press("link", "New campaign for them");
  await prepareCampaign(page, { template: "autumn_sale, en_US", everybody: false });
  await launchCampaign(page);
  const campaign = await shownCampaign(page);
  await until(
    "messages to leave",
    async () => {
      const { row } = await page.ask("campaign_get", { id: campaign });
      return row.counts.sent + row.counts.delivered + row.counts.read > 20;
    },
    { timeoutMs: 60_000 },
  );
  const conversations = await until("conversations", async () => {
    const request = { filter: "all", sort: "newest", search: null, offset: 0, limit: 1 };
    const { rows } = await page.ask("thread_list", request);
    return rows.length > 0 ? rows : null;
  });
  const templates = await page.ask("template_list", { search: null, sendable_only: true });
  return { list, campaign, person: conversations[0].contact_id, template: templates.items[0].id };
}

const pressEscape = async (page) => page.keys("Escape");

export function screensOf({ list, campaign, person, template }) {
  return [
    { name: "today", path: "/" },
    { name: "inbox", path: "/inbox" },
    { name: "conversation", path: `/inbox/${person}` },
    { name: "campaigns", path: "/campaigns" },
    { name: "new campaign", path: "/campaigns/new" },
    { name: "campaign", path: `/campaigns/${campaign}` },
    { name: "campaign, people", path: `/campaigns/${campaign}?state=read` },
    { name: "templates", path: "/templates" },
    { name: "template", path: `/templates/${template}` },
    { name: "contacts", path: "/contacts" },
    { name: "person", path: `/contacts/${person}` },
    { name: "import", path: "/import" },
    { name: "import, what it proves", path: `/import?file=${encodeURIComponent(list)}` },
    { name: "settings, account", path: "/settings/account" },
    { name: "settings, relay", path: "/settings/relay" },
    { name: "settings, sending", path: "/settings/sending" },
    { name: "settings, appearance", path: "/settings/appearance" },
    { name: "settings, practice", path: "/settings/practice" },
    { name: "settings, diagnostics", path: "/settings/diagnostics" },
    {
      name: "palette",
      path: "/",
      act: async (page) => {
        await page.keys("Control", "k");
        await page.find("dialog");
      },
      undo: pressEscape,
    },
    {
      name: "pretend phone",
      path: "/",
      // By its place: in other languages it is called something else.
      act: (page) => page.browser.$("[role=note] button, header button").click(),
      // The phone may lie over the stripe, so it is put away by its own button.
      undo: (page) => page.browser.$("//header[.//h2]//button").click(),
    },
  ];
}
