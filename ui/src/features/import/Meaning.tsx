// A list of nothing but numbers may be people to write to, or people who must be left alone: nobody can tell but who made it.
import { useState } from "react";
import { Button } from "../../components/Button";
import { RadioGroup } from "../../components/fields";
import { Card } from "../../components/Page";
import { useT } from "../../i18n/t";
import type { ImportInspection, ImportMeaning } from "../../ipc/ipc";
import { FileLine } from "./Columns";

const MEANINGS: ImportMeaning[] = ["opt_outs", "people"];

export function Meaning({
  inspection,
  onAnswer,
}: {
  inspection: ImportInspection;
  onAnswer: (meaning: ImportMeaning) => void;
}) {
  const t = useT();
  const [meaning, setMeaning] = useState<ImportMeaning | null>(
    // Only a list that calls itself one of opt-outs comes with an answer.
    inspection.suggested_meaning === "opt_outs" ? "opt_outs" : null,
  );
  return (
    <div className="space-y-5">
      <FileLine inspection={inspection} says={t("import.meaning.says")} />
      <Card className="p-5">
        <RadioGroup
          label={t("import.meaning.question", { count: inspection.rows })}
          value={meaning}
          onChange={setMeaning}
          options={MEANINGS.map((value) => ({
            value,
            label: t(`import.meaning.${value}`),
            description: t(`import.meaning.${value}.help`),
          }))}
        />
      </Card>
      <div className="flex justify-end">
        <Button
          variant="primary"
          isDisabled={meaning === null}
          onPress={() => {
            if (meaning) onAnswer(meaning);
          }}
        >
          {t("import.meaning.go")}
        </Button>
      </div>
    </div>
  );
}
