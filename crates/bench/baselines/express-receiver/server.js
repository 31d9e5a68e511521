// A webhook receiver as most would write it: one process, one table per kind, one transaction per POST.
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import express from "express";

const { values } = parseArgs({
  options: {
    database: { type: "string" },
    "app-secret-file": { type: "string" },
    "verify-token-file": { type: "string" },
  },
});
const secretIn = (name) => readFileSync(values[name], "utf8").trim();
const appSecret = secretIn("app-secret-file");
const verifyToken = secretIn("verify-token-file");

const database = new Database(values.database);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec(`
  CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, sender TEXT, type TEXT, at INTEGER, body TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS statuses (
    message TEXT, status TEXT, at INTEGER, callback_data TEXT, errors TEXT, PRIMARY KEY (message, status)
  ) STRICT;
`);
const addMessage = database.prepare("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?)");
const addStatus = database.prepare("INSERT OR IGNORE INTO statuses VALUES (?, ?, ?, ?, ?)");
const store = database.transaction((payload) => {
  for (const entry of payload.entry ?? []) {
    for (const { value } of entry.changes ?? []) {
      for (const m of value?.messages ?? []) {
        addMessage.run(m.id, m.from ?? m.from_user_id, m.type, Number(m.timestamp), JSON.stringify(m));
      }
      for (const s of value?.statuses ?? []) {
        const errors = s.errors ? JSON.stringify(s.errors) : null;
        addStatus.run(s.id, s.status, Number(s.timestamp), s.biz_opaque_callback_data ?? null, errors);
      }
    }
  }
});

function signed(body, header) {
  const expected = Buffer.from(`sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`);
  const given = Buffer.from(header ?? "");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const app = express();
app.get("/hook", (request, response) => {
  const { "hub.mode": mode, "hub.verify_token": token, "hub.challenge": challenge } = request.query;
  if (mode === "subscribe" && token === verifyToken) response.type("text").send(challenge);
  else response.sendStatus(403);
});
app.post("/hook", express.raw({ type: "application/json", limit: "4mb" }), (request, response) => {
  if (!signed(request.body, request.get("X-Hub-Signature-256"))) return response.sendStatus(401);
  store(JSON.parse(request.body.toString("utf8")));
  response.sendStatus(200);
});
app.get("/count", (_request, response) => {
  const count = (table) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get().n;
  response.json({ messages: count("messages"), statuses: count("statuses") });
});

const server = app.listen(0, "127.0.0.1", () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  console.log(JSON.stringify({ ready: true, url: `${url}/hook`, count: `${url}/count` }));
});
process.on("SIGTERM", () => {
  server.close(() => database.close());
  server.closeAllConnections();
});
