import type { ImportInspection, ImportPreview, ImportRow, ImportSummary, RowVerdict } from "../ipc";
import { type FakePerson, fakePerson } from "./people";
import { found, refuse } from "./refuse";
import { shopOf } from "./shop";
import type { Handlers } from "./types";
import type { World } from "./world";

/** What is in a file is decided by its name: `nothing` proves nothing, `mixed` half of it, `strange` is not recognised. */
function kindOf(path: string): "shop" | "mixed" | "nothing" | "strange" {
  if (path.includes("nothing")) return "nothing";
  if (path.includes("mixed")) return "mixed";
  return path.includes("strange") ? "strange" : "shop";
}

const fileName = (path: string) => path.split(/[\\/]/).pop() ?? path;

function inspect(world: World, path: string): ImportInspection {
  const name = fileName(path);
  if (name.endsWith(".pdf"))
    refuse("import_file", `“${name}” is a PDF, not a table.`, "Export the list as CSV or Excel and drop that file.");
  if (name.includes("empty"))
    refuse("import_file", `“${name}” has no rows.`, "Export the list again; it should hold a line per person.");
  const kind = kindOf(path);
  const before = world.imports.find((one) => one.file_name === name && one.state === "committed");
  return {
    path,
    file_name: name,
    sha256: "9f".repeat(32),
    kind: "text",
    size_bytes: name.includes("small") ? 412 : 184_320,
    rows: kind === "strange" ? 310 : 1_000,
    encoding: kind === "strange" ? "windows-1252" : "UTF-8",
    encoding_is_sure: kind !== "strange",
    encoding_samples: kind === "strange" ? ["Amélie Roy", "Zoë Müller"] : [],
    delimiter: ",",
    sheets: [],
    notes: [],
    has_header: kind !== "strange",
    columns:
      kind === "strange"
        ? [
            {
              index: 0,
              header: "Column 1",
              role: "attribute",
              samples: ["416-555-0123", "604 555 0145", "(514) 555-0110"],
            },
            { index: 1, header: "Column 2", role: "attribute", samples: ["Ana Roy", "Wei Chen", "Kofi Mensah"] },
            { index: 2, header: "Column 3", role: "ignore", samples: ["x", "", "x"] },
          ]
        : [
            { index: 0, header: "First name", role: "first_name", samples: ["Amélie", "Noah", "Priya"] },
            { index: 1, header: "Last name", role: "last_name", samples: ["Tremblay", "Okafor", "Nguyen"] },
            { index: 2, header: "Phone", role: "phone", samples: ["+1 416 555 0123", "604-555-0145", "514 555 0110"] },
            { index: 3, header: "Accepts WhatsApp marketing", role: "consent_state", samples: ["yes", "yes", "no"] },
            { index: 4, header: "Agreed on", role: "consent_at", samples: ["2026-05-03", "2026-05-04", ""] },
            { index: 5, header: "Form", role: "consent_source", samples: ["Web form", "Till", "Web form"] },
            { index: 6, header: "City", role: "attribute", samples: ["Toronto", "Vancouver", "Montréal"] },
            { index: 7, header: "Note", role: "ignore", samples: ["", "", "likes rye"] },
          ],
    recognised_as:
      kind === "strange"
        ? null
        : path.includes("sample")
          ? "This is the sample list of the practice shop."
          : "This looks like a Shopify customer export.",
    recognised_word: kind === "strange" ? null : "shopify",
    understood: kind === "strange" ? "" : "Taken: the number from “Phone”; the first name from “First name”.",
    asks_meaning: name.includes("stop"),
    suggested_meaning: name.includes("stop") ? "opt_outs" : "people",
    ambiguous_date: name.includes("dates")
      ? { written: "03/04/2026", day_first_ms: Date.UTC(2026, 3, 3), month_first_ms: Date.UTC(2026, 2, 4) }
      : null,
    imported_before: before ?? null,
    imported_before_at_ms: before?.at_ms ?? null,
    suggested_region: "CA",
  };
}

function judge(world: World, path: string): { preview: ImportPreview; rows: ImportRow[] } {
  const kind = kindOf(path);
  const inspection = inspect(world, path);
  const total = inspection.rows;
  const names = Array.from({ length: total }, (_, index) => fakePerson(index, world.nowMs).row);
  const rows: ImportRow[] = names.map((person, at): ImportRow => {
    const verdict: RowVerdict =
      at % 143 === 142
        ? "rejected"
        : at % 61 === 60
          ? "duplicate"
          : at % 200 === 199
            ? "quarantined"
            : at % 23 === 22
              ? "repaired"
              : "accepted";
    const reasons: Record<RowVerdict, string> = {
      accepted: "",
      repaired: "Read as a Canadian number.",
      duplicate: "The same number stands on an earlier row.",
      quarantined: "Two numbers in one cell; it is not guessed which one is meant.",
      rejected: "No phone number in this row.",
    };
    const proven = kind === "shop" ? at % 17 !== 16 : kind === "mixed" ? at % 2 === 0 : false;
    return {
      row: at + 1,
      phone: verdict === "rejected" ? "" : (person.phone ?? "+14165550123"),
      name: person.name,
      verdict,
      reason: reasons[verdict],
      consent: proven ? "Marketing, web form, 3 May 2026" : "Proves nothing: no date and no wording",
      proven,
    };
  });
  const number = (verdict: RowVerdict) => rows.filter((row) => row.verdict === verdict).length;
  const taken = rows.filter((row) => row.verdict === "accepted" || row.verdict === "repaired");
  const proven = taken.filter((row) => row.proven).length;
  const preview: ImportPreview = {
    preview_id: world.newId("preview"),
    verdicts: (["accepted", "repaired", "duplicate", "quarantined", "rejected"] as const).map((verdict) => ({
      verdict,
      count: number(verdict),
    })),
    reasons: [
      { code: "national", sentence: "Read as Canadian numbers", remedy: null, count: number("repaired") },
      { code: "duplicate", sentence: "The same person on an earlier row", remedy: null, count: number("duplicate") },
      {
        code: "two_numbers",
        sentence: "Two numbers in one cell",
        remedy: "Split them in the file.",
        count: number("quarantined"),
      },
      { code: "no_phone", sentence: "No phone number", remedy: "Add one to the file.", count: number("rejected") },
    ],
    proven,
    unproven: taken.length - proven,
    opted_out: kind === "nothing" ? 0 : 8,
    suppressed: Math.min(shopOf(world).people.length, 3),
    new_contacts: Math.max(0, taken.length - shopOf(world).people.length),
    proven_new: proven,
    unproven_new: taken.length - proven,
    unproven_attestable: taken.length - proven,
    opted_out_new: kind === "nothing" ? 0 : 8,
    known: 0,
    imported_before: inspection.imported_before,
    imported_before_choice: inspection.imported_before ? "without_marketing" : null,
    proof_sentence:
      proven === 0
        ? "These rows prove nothing: there is no column that says who agreed, when and to what."
        : `${proven} rows show that people agreed to marketing in your web form or at the till, each with its date.`,
    first_rows: rows.slice(0, 20),
  };
  return { preview, rows };
}

/** Shows progress the way the core does, in real time so that a cancel can arrive in between. */
function commit(world: World, summary: ImportSummary, total: number, people: FakePerson[]): void {
  const chunk = Math.ceil(total / 8);
  let done = 0;
  const step = () => {
    if (summary.state !== "committing") return;
    done = Math.min(total, done + chunk);
    world.emit("progress", { job: summary.import_id, phase: "writing", done, total });
    if (done < total) {
      setTimeout(step, 120);
      return;
    }
    summary.state = "committed";
    shopOf(world).people.push(...people);
    world.changed("contacts", "consent", "imports");
    world.flush();
  };
  setTimeout(step, 0);
}

type ImportCommands =
  | "consent_import_inspect"
  | "consent_import_preview"
  | "consent_import_rows"
  | "consent_import_commit"
  | "consent_import_cancel"
  | "consent_import_undo"
  | "consent_import_list"
  | "consent_import_rejected_save"
  | "sample_list_path";

export const importHandlers: Pick<Handlers, ImportCommands> = {
  consent_import_inspect: (world, { path }) => inspect(world, path),
  consent_import_preview(world, { path, mapping }) {
    if (!mapping.some(({ role }) => role === "phone" || role === "bsuid"))
      refuse("import_file", "No column holds the phone number.", "Say which column is the phone number.");
    const { preview, rows } = judge(world, path);
    world.previews.set(preview.preview_id, { preview, rows, fileName: fileName(path) });
    return preview;
  },
  consent_import_rows(world, { preview_id, verdict, unproven_only, offset, limit }) {
    const { rows } = found(world.previews.get(preview_id), "preview");
    const wanted = rows.filter(
      (row) => (!verdict || row.verdict === verdict) && (!unproven_only || (!row.proven && row.phone !== "")),
    );
    return { rows: wanted.slice(offset, offset + limit), total: wanted.length };
  },
  consent_import_commit(world, { preview_id, unproven, attestation }) {
    const { preview, rows, fileName: name } = found(world.previews.get(preview_id), "preview");
    if (unproven === "attest" && preview.unproven > 0 && !attestation?.wording.trim())
      refuse("invalid_input", "The attestation has no wording.", "Type the words people agreed to.");
    const before = world.imports.find((one) => one.file_name === name && one.state === "committed");
    if (before) return { ...before, already_imported: true };
    const left = rows.filter((row) => row.verdict === "rejected" || row.verdict === "quarantined").length;
    const summary: ImportSummary = {
      import_id: world.newId("import"),
      state: "committing",
      file_name: name,
      at_ms: world.nowMs,
      verdicts: preview.verdicts,
      contacts_added: unproven === "leave" ? preview.proven : preview.proven + preview.unproven,
      consents_recorded: unproven === "attest" ? preview.proven + preview.unproven : preview.proven,
      opt_outs_recorded: preview.opted_out,
      rows_left_out: left + (unproven === "leave" ? preview.unproven : 0),
      already_imported: false,
      can_undo: true,
      undone: null,
    };
    world.imports.unshift(summary);
    const known = new Set(shopOf(world).people.map(({ row }) => row.phone));
    const people = Array.from({ length: rows.length }, (_, index) => fakePerson(index, world.nowMs)).filter(
      ({ row }) => row.phone && !known.has(row.phone),
    );
    commit(world, summary, rows.length, people);
    world.changed("imports");
    return summary;
  },
  consent_import_cancel(world, { id }) {
    const summary = found(
      world.imports.find((one) => one.import_id === id),
      "import",
    );
    if (summary.state === "committing") summary.state = "cancelled";
    world.changed("imports");
    return summary;
  },
  consent_import_undo(world, { id }) {
    const summary = found(
      world.imports.find((one) => one.import_id === id),
      "import",
    );
    summary.state = "undone";
    summary.can_undo = false;
    summary.undone = {
      entries: summary.consents_recorded + summary.opt_outs_recorded,
      people_removed: summary.contacts_added,
      people_kept: 0,
    };
    world.changed("imports", "contacts", "consent");
    return summary;
  },
  consent_import_list: (world) => ({ items: world.imports }),
  consent_import_rejected_save(world, { import_id, path }) {
    const summary = found(
      world.imports.find((one) => one.import_id === import_id),
      "import",
    );
    return {
      path: path ?? `/home/shop/${summary.file_name.replace(/(\.\w+)$/, "-left-out$1")}`,
      rows: summary.rows_left_out,
    };
  },
  sample_list_path: () => ({ path: "/home/shop/.cache/switchboard/sample-list.csv", rows: 1_000 }),
};
