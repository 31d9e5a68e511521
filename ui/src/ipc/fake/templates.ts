// Answers for the template commands.
import type { TemplateDetail, TemplateRow } from "../ipc";
import { notFound } from "./not-found";
import { shopOf } from "./shop";
import type { Handlers } from "./types";

const DAY = 86_400_000;

function detail(row: TemplateRow): TemplateDetail {
  const components: unknown[] = [];
  if (row.header_format === "TEXT") components.push({ type: "HEADER", format: "TEXT", text: row.header_text });
  else if (row.header_format)
    components.push({ type: "HEADER", format: row.header_format, example: { header_handle: ["4::aW1hZ2U="] } });
  components.push({ type: "BODY", text: row.body });
  if (row.footer) components.push({ type: "FOOTER", text: row.footer });
  if (row.buttons.length > 0)
    components.push({ type: "BUTTONS", buttons: row.buttons.map((b) => ({ type: b.kind, text: b.text })) });
  const history = [
    ...(row.quality && row.quality !== "UNKNOWN"
      ? [{ at_ms: row.updated_at_ms, kind: "quality", text: `Quality is now ${row.quality.toLowerCase()}.` }]
      : []),
    { at_ms: row.updated_at_ms - 2 * DAY, kind: "status", text: `Status is now ${row.status.toLowerCase()}.` },
    { at_ms: row.updated_at_ms - 3 * DAY, kind: "seen", text: "First seen in this account." },
  ];
  return {
    template: row,
    rejected_reason: row.status === "REJECTED" ? "INCORRECT_CATEGORY" : null,
    components_json: JSON.stringify(components, null, 2),
    history,
  };
}

export const templateHandlers = {
  template_list: (world, request) => {
    const { templates, syncedAtMs } = shopOf(world);
    const words = (request.search ?? "").toLowerCase();
    return {
      items: templates.filter(
        (t) => (!request.sendable_only || t.sendable) && `${t.name} ${t.body}`.toLowerCase().includes(words),
      ),
      synced_at_ms: syncedAtMs,
    };
  },
  template_get: (world, request) => {
    const row = shopOf(world).templates.find((t) => t.id === request.id);
    if (!row) throw notFound("template");
    return detail(row);
  },
  template_sync: (world) => {
    const shop = shopOf(world);
    shop.syncedAtMs = world.nowMs;
    world.changed("templates");
    return { total: shop.templates.length, added: 0, changed: shop.templates.length > 0 ? 1 : 0, removed: 0 };
  },
} satisfies Partial<Handlers>;
