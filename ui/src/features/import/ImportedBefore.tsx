// The very same file again: nothing would change, so nothing is offered but what one may want instead.
import { Link } from "@tanstack/react-router";
import { Button, buttonClass } from "../../components/Button";
import { Card } from "../../components/Page";
import { useTimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { ImportSummary } from "../../ipc/ipc";

export function ImportedBefore({ before, onReadAgain }: { before: ImportSummary; onReadAgain: () => void }) {
  const t = useT();
  const time = useTimeText();
  return (
    <Card className="p-6">
      <h2 className="font-semibold text-lg">{t("import.again.title")}</h2>
      <p className="mt-2 max-w-prose text-ink-2">
        {t("import.again.text", {
          date: time(before.at_ms, "date"),
          people: before.contacts_added,
          left: before.rows_left_out,
        })}
      </p>
      <div className="mt-6 flex flex-wrap gap-2">
        <Link to="/contacts" search={{ import: before.import_id }} className={buttonClass("primary")}>
          {t("import.done.contacts")}
        </Link>
        <Link to="/import" search={{ done: before.import_id }} className={buttonClass()}>
          {t("import.again.show")}
        </Link>
        <Button variant="quiet" onPress={onReadAgain}>
          {t("import.again.decide")}
        </Button>
      </div>
    </Card>
  );
}
