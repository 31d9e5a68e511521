// English is the source of every text; one file per feature so that a feature stays whole.
import audience from "./en/audience.json";
import campaigns from "./en/campaigns.json";
import common from "./en/common.json";
import contacts from "./en/contacts.json";
import diagnostics from "./en/diagnostics.json";
import error from "./en/error.json";
import firststart from "./en/firststart.json";
import importing from "./en/import.json";
import inbox from "./en/inbox.json";
import phone from "./en/phone.json";
import rights from "./en/rights.json";
import settings from "./en/settings.json";
import shell from "./en/shell.json";
import templates from "./en/templates.json";
import today from "./en/today.json";

export const english = {
  ...common,
  ...error,
  ...shell,
  ...firststart,
  ...today,
  ...importing,
  ...campaigns,
  ...audience,
  ...settings,
  ...inbox,
  ...contacts,
  ...rights,
  ...templates,
  ...phone,
  ...diagnostics,
};

export type MessageId = keyof typeof english;
