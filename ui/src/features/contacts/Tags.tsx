// The tags of a person: put on and taken off at once, offered from those that others carry.
import { ErrorNote } from "../../components/feedback";
import { Card } from "../../components/Page";
import { TokenField } from "../../components/TokenField";
import { useT } from "../../i18n/t";
import type { ContactDetail } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";

export function Tags({ detail: { row, tags } }: { detail: ContactDetail }) {
  const t = useT();
  const choices = useCommand("audience_choices", {}, { tags: ["contacts", "imports"] });
  const change = useCommandMutation("contact_tag");
  const set = (next: readonly string[]) => {
    for (const tag of next.filter((one) => !tags.includes(one))) change.mutate({ ids: [row.id], tag, on: true });
    for (const tag of tags.filter((one) => !next.includes(one))) change.mutate({ ids: [row.id], tag, on: false });
  };
  return (
    <Card className="space-y-3 p-5">
      <h3 className="font-semibold text-base">{t("contacts.tags")}</h3>
      <TokenField
        label={t("contacts.tags")}
        placeholder={t("contacts.tags.add")}
        values={tags}
        suggestions={(choices.data?.tags ?? []).map(({ tag, people }) => ({ value: tag, people }))}
        onChange={set}
      />
      {change.error ? <ErrorNote error={change.error} /> : null}
    </Card>
  );
}
