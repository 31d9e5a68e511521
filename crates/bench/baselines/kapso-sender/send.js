// A campaign as a script with the client would do it: so many workers, each sends the next one; nothing is kept.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";

const { values } = parseArgs({
  options: {
    graph: { type: "string" },
    number: { type: "string" },
    "token-file": { type: "string" },
    numbers: { type: "string" },
    concurrency: { type: "string", default: "128" },
  },
});
const numbers = readFileSync(values.numbers, "utf8").split("\n").filter(Boolean);
const client = new WhatsAppClient({
  accessToken: readFileSync(values["token-file"], "utf8").trim(),
  baseUrl: values.graph,
  graphVersion: "v26.0",
});

const text = (value) => ({ type: "text", text: value });

let next = 0;
let sent = 0;
let failed = 0;
async function worker() {
  for (let n = next++; n < numbers.length; n = next++) {
    try {
      const answer = await client.messages.sendTemplate({
        phoneNumberId: values.number,
        to: numbers[n],
        bizOpaqueCallbackData: `row-${n}`,
        template: {
          name: "autumn_sale",
          language: { code: "en_US" },
          components: [{ type: "body", parameters: [text("Ana"), text("20 %"), text("Sunday")] }],
        },
      });
      if (answer.messages?.[0]?.id) sent += 1;
      else failed += 1;
    } catch (error) {
      if (failed === 0) console.error(String(error));
      failed += 1;
    }
  }
}

const began = performance.now();
await Promise.all(Array.from({ length: Number(values.concurrency) }, worker));
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ sent, failed, seconds, per_second: sent / seconds }));
process.exitCode = failed === 0 ? 0 : 1;
