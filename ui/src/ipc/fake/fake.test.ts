import { describe, expect, it } from "vitest";
import { createFakeIpc } from ".";

describe("the fake core", () => {
  it("lets a running campaign go on as time passes and rings the bell", async () => {
    const ipc = createFakeIpc();
    const heard: string[] = [];
    ipc.on("changes", ({ tags }) => heard.push(...tags));
    const before = await ipc.call("campaign_get", { id: "campaign-running" });
    ipc.advance(5_000);
    const after = await ipc.call("campaign_get", { id: "campaign-running" });
    expect(after.row.counts.queued).toBeLessThan(before.row.counts.queued);
    expect(heard).toContain("campaigns");
  });

  it("keeps a campaign's counts disjoint and adding up to the audience", async () => {
    const ipc = createFakeIpc();
    const { items } = await ipc.call("campaign_list", {});
    for (const { counts } of items) {
      const { audience, ...states } = counts;
      expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(audience);
    }
  });

  it("shows on the pretend phone what the customer typed", async () => {
    const ipc = createFakeIpc();
    const { items } = await ipc.call("phone_customers", { search: null, limit: 20 });
    const customer_id = items[0]?.id ?? "";
    const chat = await ipc.call("phone_send", { customer_id, text: "STOP", photo: false });
    expect(chat.messages.at(-1)).toMatchObject({ from_customer: true, text: "STOP" });
  });
});
