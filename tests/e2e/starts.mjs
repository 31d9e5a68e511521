// Starts a built program as its user would and leaves a picture: `node starts.mjs PICTURE`, with the program in
// SWITCHBOARD_APP. Fails when it does not come to a live practice account.
import { App } from "./lib/app.mjs";
import { Desktop } from "./lib/desktop.mjs";
import { onPracticeAccount } from "./lib/flows.mjs";

const desktop = await Desktop.start();
let app;
try {
  app = await App.start(desktop);
  await onPracticeAccount(app.page);
  await app.page.settled();
  desktop.screenshot(process.argv[2]);
} finally {
  await app?.stop();
  await desktop.stop();
}
