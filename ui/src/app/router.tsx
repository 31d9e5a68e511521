// Where everything is. Each screen is a bundle of its own, loaded when one goes there.
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from "@tanstack/react-router";
import { NotFound, RouteError } from "./fallbacks";
import { Shell } from "./Shell";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const page = <P extends string>(path: P, load: Parameters<typeof lazyRouteComponent>[0], name: string) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, name) });

const inboxScreen = () => import("../features/inbox/InboxScreen");
const templatesScreen = () => import("../features/templates/TemplatesScreen");
const contactsScreen = () => import("../features/contacts/ContactsScreen");
const wizard = () => import("../features/campaigns/CampaignWizard");
const settingsScreen = () => import("../features/settings/SettingsScreen");

/** Which part of a list is open. Kept in the address, so that "back" and a link find it again. */
export interface ListSearch {
  search?: string;
  filter?: string;
  sort?: string;
  import?: string;
}
function listSearch(raw: Record<string, unknown>): ListSearch {
  const out: ListSearch = {};
  for (const key of ["search", "filter", "sort", "import"] as const) {
    const value = raw[key];
    if (typeof value === "string" && value !== "") out[key] = value;
  }
  return out;
}

// The screen of a list is one screen whether something in it is open or not, so that it keeps its place.
const inbox = createRoute({
  getParentRoute: () => root,
  path: "/inbox",
  validateSearch: listSearch,
  component: lazyRouteComponent(inboxScreen, "InboxScreen"),
});
const templates = createRoute({
  getParentRoute: () => root,
  path: "/templates",
  validateSearch: listSearch,
  component: lazyRouteComponent(templatesScreen, "TemplatesScreen"),
});
const contacts = createRoute({
  getParentRoute: () => root,
  path: "/contacts",
  validateSearch: listSearch,
  component: lazyRouteComponent(contactsScreen, "ContactsScreen"),
});

const routes = [
  page("/", () => import("../features/today/TodayScreen"), "TodayScreen"),
  inbox.addChildren([createRoute({ getParentRoute: () => inbox, path: "$contactId" })]),
  page("/campaigns", () => import("../features/campaigns/CampaignListScreen"), "CampaignListScreen"),
  createRoute({
    getParentRoute: () => root,
    path: "/campaigns/new",
    validateSearch: (raw: Record<string, unknown>): { template?: string; import?: string } => ({
      ...(typeof raw.template === "string" ? { template: raw.template } : {}),
      ...(typeof raw.import === "string" ? { import: raw.import } : {}),
    }),
    component: lazyRouteComponent(wizard, "CampaignWizard"),
  }),
  page("/campaigns/$campaignId/edit", wizard, "CampaignWizard"),
  createRoute({
    getParentRoute: () => root,
    path: "/campaigns/unknown",
    validateSearch: (raw: Record<string, unknown>): { campaign?: string } =>
      typeof raw.campaign === "string" ? { campaign: raw.campaign } : {},
    component: lazyRouteComponent(() => import("../features/campaigns/UnknownScreen"), "UnknownScreen"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/campaigns/$campaignId",
    validateSearch: (raw: Record<string, unknown>): { state?: string; reason?: string } => ({
      ...(typeof raw.state === "string" ? { state: raw.state } : {}),
      ...(typeof raw.reason === "string" ? { reason: raw.reason } : {}),
    }),
    component: lazyRouteComponent(() => import("../features/campaigns/CampaignLive"), "CampaignLive"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/campaigns/$campaignId/report",
    component: lazyRouteComponent(() => import("../features/campaigns/CampaignReportScreen"), "CampaignReportScreen"),
  }),
  templates.addChildren([createRoute({ getParentRoute: () => templates, path: "$templateId" })]),
  contacts.addChildren([createRoute({ getParentRoute: () => contacts, path: "$contactId" })]),
  createRoute({
    getParentRoute: () => root,
    path: "/import",
    validateSearch: (raw: Record<string, unknown>): { file?: string; done?: string } => ({
      ...(typeof raw.file === "string" ? { file: raw.file } : {}),
      ...(typeof raw.done === "string" ? { done: raw.done } : {}),
    }),
    component: lazyRouteComponent(() => import("../features/import/ImportScreen"), "ImportScreen"),
  }),
  page("/settings", settingsScreen, "SettingsScreen"),
  createRoute({
    getParentRoute: () => root,
    path: "/settings/$section",
    validateSearch: (raw: Record<string, unknown>): { payload?: string } =>
      typeof raw.payload === "string" ? { payload: raw.payload } : {},
    component: lazyRouteComponent(settingsScreen, "SettingsScreen"),
  }),
] as const;

export function makeRouter(history: RouterHistory = createHashHistory()) {
  return createRouter({
    routeTree: root.addChildren([...routes]),
    history,
    defaultPreload: "intent",
    defaultErrorComponent: RouteError,
    // A screen shows its own skeletons; nothing may blank the shell while its bundle loads.
    defaultPendingMs: 300,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
