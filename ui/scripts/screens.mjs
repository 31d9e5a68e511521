// The screens that look.mjs takes pictures of, and what to do on them first.
const press = (page, name) => page.getByRole("button", { name }).first().click();
const wizardTo = (step) => async (page) => {
  await page.getByRole("radio").first().waitFor();
  await page.locator("main [role=radiogroup] label").first().click();
  await page.waitForTimeout(900);
  for (let at = 0; at < step; at += 1) {
    if (at === 2) {
      const text = page.locator("main input[type=text]:visible");
      for (let field = 0; field < (await text.count()); field += 1)
        if ((await text.nth(field).inputValue()) === "") await text.nth(field).fill("15 %");
      await page.waitForTimeout(700);
    }
    await page.locator("main button:visible").filter({ hasNotText: /^$/ }).last().click();
    await page.waitForTimeout(600);
  }
};

export const screens = [
  { name: "first-start", path: "/", query: "world=first-start" },
  {
    name: "first-connect",
    path: "/",
    query: "world=first-start",
    act: (page) => page.locator("main button").nth(1).click(),
  },
  { name: "today", path: "/" },
  { name: "today-empty", path: "/", query: "world=empty" },
  { name: "palette", path: "/", act: (page) => page.keyboard.press("Control+k") },
  { name: "import", path: "/import" },
  { name: "import-preview", path: "/import?file=%2Fhome%2Fshop%2Fsample.csv", act: (page) => page.waitForTimeout(900) },
  {
    name: "import-nothing",
    path: "/import?file=%2Fhome%2Fshop%2Fnothing-sample.csv",
    act: async (page) => {
      await page.locator("main [role=radiogroup] label").first().click();
    },
  },
  { name: "import-columns", path: "/import?file=%2Fhome%2Fshop%2Fstrange.csv" },
  { name: "import-pdf", path: "/import?file=%2Fhome%2Fshop%2Fprices.pdf" },
  {
    name: "import-done",
    path: "/import?file=%2Fhome%2Fshop%2Fsample.csv",
    act: async (page) => {
      await page.waitForTimeout(700);
      const label = page.locator("main [role=radiogroup] label").nth(1);
      if (await label.count()) await label.click();
      await page.locator("main button:visible >> nth=-1").click();
      await page.waitForTimeout(2500);
    },
  },
  {
    name: "rights-prove",
    path: "/contacts/contact-0",
    act: (page) => press(page, "Prove consent"),
  },
  {
    name: "rights-erase",
    path: "/contacts/contact-0",
    act: async (page) => {
      await press(page, "More");
      await page.getByRole("menuitem", { name: "Erase…" }).click();
      await page.waitForTimeout(500);
    },
  },
  {
    name: "rights-opt-in",
    path: "/contacts/contact-0",
    act: async (page) => {
      await press(page, "More");
      await page.getByRole("menuitem", { name: "Record an opt-in…" }).click();
    },
  },
  {
    name: "rights-ledger",
    path: "/settings/records",
    act: async (page) => {
      await press(page, "Check the ledger");
      await page.waitForTimeout(500);
    },
  },
  { name: "campaigns", path: "/campaigns" },
  { name: "campaigns-empty", path: "/campaigns", query: "world=empty" },
  { name: "wizard-1", path: "/campaigns/new", act: wizardTo(0) },
  { name: "wizard-2", path: "/campaigns/new", act: wizardTo(1) },
  {
    name: "audience-start",
    path: "/campaigns/new",
    act: async (page) => {
      await wizardTo(1)(page);
      await page.locator("main [role=radiogroup] label").nth(2).click();
      await page.waitForTimeout(700);
    },
  },
  {
    name: "audience-built",
    path: "/campaigns/new",
    act: async (page) => {
      await wizardTo(1)(page);
      await page.locator("main [role=radiogroup] label").nth(2).click();
      await page.getByRole("button", { name: /^Opened/ }).click();
      const add = async (what) => {
        await page.getByRole("button", { name: "Add a condition" }).last().click();
        await page.getByRole("menuitem", { name: what }).click();
      };
      await add("A tag");
      await page.getByRole("combobox", { name: "Tags" }).fill("Regular");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Escape");
      await add("A column of your lists");
      await page.getByRole("combobox", { name: "Values" }).fill("Halifax");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Escape");
      await page.waitForTimeout(900);
    },
  },
  {
    name: "values-carousel",
    path: "/campaigns/new?template=%221035%22",
    act: async (page) => {
      await page.waitForTimeout(900);
      for (let at = 0; at < 2; at += 1) {
        await page.locator("main button:visible").filter({ hasNotText: /^$/ }).last().click();
        await page.waitForTimeout(700);
      }
    },
  },
  { name: "wizard-3", path: "/campaigns/new", act: wizardTo(2) },
  { name: "wizard-4", path: "/campaigns/new", act: wizardTo(3) },
  {
    name: "wizard-4-later",
    path: "/campaigns/campaign-planned/edit",
    act: (page) => page.locator("main ol button").nth(3).click(),
  },
  { name: "wizard-5", path: "/campaigns/new", act: wizardTo(4) },
  {
    name: "wizard-5-rehearsed",
    path: "/campaigns/new",
    act: async (page) => {
      await wizardTo(4)(page);
      const start = page.locator("main [role=radiogroup] ~ button").last();
      await start.click();
      await page.waitForTimeout(400);
      await page.locator("main section dl").last().scrollIntoViewIfNeeded();
    },
  },
  { name: "report-done", path: "/campaigns/campaign-done/report" },
  {
    name: "report-done-below",
    path: "/campaigns/campaign-done/report",
    act: async (page) => {
      await page.locator("main ol").last().scrollIntoViewIfNeeded();
      await page.locator("main figure").first().scrollIntoViewIfNeeded();
      await page.waitForTimeout(800);
    },
  },
  {
    name: "live-done-below",
    path: "/campaigns/campaign-done",
    act: async (page) => {
      await page.locator("main figure").first().scrollIntoViewIfNeeded();
      await page.waitForTimeout(800);
    },
  },
  { name: "report-paused", path: "/campaigns/campaign-paused/report" },
  { name: "report-draft", path: "/campaigns/campaign-draft/report" },
  { name: "live-planned", path: "/campaigns/campaign-planned" },
  { name: "live-running", path: "/campaigns/campaign-running" },
  { name: "live-paused", path: "/campaigns/campaign-paused?state=failed" },
  { name: "live-done", path: "/campaigns/campaign-done" },
  { name: "unknown", path: "/campaigns/unknown" },
  {
    name: "unknown-confirm",
    path: "/campaigns/unknown",
    act: (page) =>
      page
        .getByRole("button", { name: /as not sent$/ })
        .last()
        .click(),
  },
  { name: "unknown-empty", path: "/campaigns/unknown", query: "world=empty" },
  { name: "settings-account", path: "/settings" },
  { name: "settings-account-real", path: "/settings", query: "world=real" },
  { name: "settings-relay-real", path: "/settings/relay", query: "world=real" },
  { name: "relay-unreachable", path: "/settings/relay", query: "world=real&relay=unreachable" },
  { name: "relay-behind", path: "/settings/relay", query: "world=real&relay=behind" },
  { name: "relay-full", path: "/settings/relay", query: "world=real&relay=full" },
  { name: "relay-removed", path: "/settings/relay", query: "world=real&relay=removed" },
  { name: "relay-silent", path: "/settings/relay", query: "world=real&relay=silent" },
  { name: "relay-waiting", path: "/settings/relay", query: "world=real&relay=waiting" },
  { name: "relay-elsewhere", path: "/settings/relay", query: "world=real&relay=elsewhere" },
  { name: "today-relay-full", path: "/", query: "world=real&relay=full" },
  { name: "settings-diagnostics", path: "/settings/diagnostics" },
  { name: "settings-sending", path: "/settings/sending" },
  { name: "settings-prices", path: "/settings/prices" },
  { name: "settings-appearance", path: "/settings/appearance" },
  { name: "settings-practice", path: "/settings/practice" },
  { name: "inbox", path: "/inbox" },
  { name: "contacts", path: "/contacts" },
  { name: "templates", path: "/templates" },
  { name: "phone", path: "/", act: (page) => press(page, /pretend phone/i) },
];
