// What the inbox, contacts, templates, pretend phone and diagnostics ask, answered from the shop of the world.
import { contactHandlers } from "./contacts";
import { diagnosticsHandlers } from "./diagnostics";
import { inboxHandlers } from "./inbox";
import { phoneHandlers } from "./phone";
import { templateHandlers } from "./templates";

export const shopHandlers = {
  ...inboxHandlers,
  ...contactHandlers,
  ...templateHandlers,
  ...phoneHandlers,
  ...diagnosticsHandlers,
};
