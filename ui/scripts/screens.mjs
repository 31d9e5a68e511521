// The screens that look.mjs takes pictures of, and what to do on them first.
export const screens = [
  { name: "first-start", path: "/", query: "world=first-start" },
  {
    name: "first-connect",
    path: "/",
    query: "world=first-start",
    act: (page) => page.getByRole("button", { name: /Connect my account/ }).click(),
  },
  { name: "today", path: "/" },
  { name: "today-empty", path: "/", query: "world=empty" },
  { name: "palette", path: "/", act: (page) => page.keyboard.press("Control+k") },
  { name: "settings-account", path: "/settings" },
  { name: "settings-account-real", path: "/settings", query: "world=real" },
  { name: "settings-relay-real", path: "/settings/relay", query: "world=real" },
  { name: "settings-sending", path: "/settings/sending" },
  { name: "settings-appearance", path: "/settings/appearance" },
  { name: "settings-practice", path: "/settings/practice" },
];
