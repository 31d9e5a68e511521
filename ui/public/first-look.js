// Before anything is drawn: the colours and sizes that the window had last (src/app/look.ts keeps them).
try {
  const look = JSON.parse(localStorage.getItem("switchboard.look") ?? "{}");
  const { dataset } = document.documentElement;
  if (look.theme === "light" || look.theme === "dark") dataset.theme = look.theme;
  if (look.density === "compact") dataset.density = look.density;
} catch {
  // The look of the system will do.
}
