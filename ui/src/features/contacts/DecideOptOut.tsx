// Something that may have been an opt-out: marketing waits until the operator says what it was. Both answers stay
// on record with the reason.
import { CircleSlash, ShieldQuestion, Undo2 } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { TextField } from "../../components/fields";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { ConsentEntry } from "../../ipc/ipc";
import { useCommandMutation } from "../../ipc/queries";

export function DecideOptOut({ entry, name }: { entry: ConsentEntry; name: string }) {
  const t = useT();
  const [note, setNote] = useState("");
  const decide = useCommandMutation("opt_out_decide");
  const answer = (is_opt_out: boolean) => decide.mutate({ event_id: entry.id, is_opt_out, note: note.trim() });
  const said = entry.wording;
  return (
    <section
      aria-label={t("contacts.decide.title")}
      className="rounded-card border border-attention/40 bg-attention-soft p-5"
    >
      <div className="flex gap-3">
        <ShieldQuestion aria-hidden size={22} className="shrink-0 text-attention" />
        <div className="min-w-0 flex-1">
          <h3 className="font-semibold text-base">{t("contacts.decide.title")}</h3>
          <p className="mt-0.5 text-ink-2">{entry.text}</p>
          {said && (
            <blockquote dir="auto" className="mt-2 rounded-control bg-surface px-3 py-2 font-medium">
              {said}
              <TimeText atMs={entry.at_ms} className="ms-2 font-normal text-ink-3 text-xs" />
            </blockquote>
          )}
          <p className="mt-2">{t("contacts.decide.help", { name })}</p>
          <TextField
            label={t("contacts.decide.note")}
            description={t("contacts.decide.noteHelp")}
            value={note}
            onChange={setNote}
            className="mt-3"
          />
          {decide.error && <ErrorNote error={decide.error} className="mt-3" />}
          <div className="mt-3 flex flex-wrap gap-2">
            <Button
              variant="danger"
              icon={CircleSlash}
              isPending={decide.isPending && decide.variables?.is_opt_out === true}
              onPress={() => answer(true)}
            >
              {t("contacts.decide.yes")}
            </Button>
            <Button
              icon={Undo2}
              isDisabled={note.trim() === ""}
              isPending={decide.isPending && decide.variables?.is_opt_out === false}
              onPress={() => answer(false)}
            >
              {t("contacts.decide.no")}
            </Button>
          </div>
        </div>
      </div>
    </section>
  );
}
