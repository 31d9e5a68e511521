// The consent ledger as a whole: whether it holds, and the list of those who said no.
import { useNavigate } from "@tanstack/react-router";
import { Download, FileUp, ShieldAlert, ShieldCheck, Users } from "lucide-react";
import { Button } from "../../components/Button";
import { ErrorNote, Note, ProgressBar } from "../../components/feedback";
import { Card } from "../../components/Page";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import type { LedgerVerification } from "../../ipc/ipc";
import { useCommandMutation } from "../../ipc/queries";
import { useJobProgress } from "../../ipc/useJobProgress";
import { Facts, SectionTitle } from "./parts";

export function RecordsSection() {
  const t = useT();
  return (
    <>
      <SectionTitle title={t("records.title")} lead={t("records.lead")} />
      <div className="space-y-5">
        <Ledger />
        <Suppression />
      </div>
    </>
  );
}

function Ledger() {
  const t = useT();
  const verify = useCommandMutation("consent_verify");
  const stop = useCommandMutation("consent_verify_cancel");
  const progress = useJobProgress("consent_ledger");
  return (
    <Card className="space-y-4 p-5">
      {verify.isPending ? (
        <div className="flex flex-wrap items-end gap-4">
          <ProgressBar
            label={t("records.checking")}
            done={progress?.done ?? 0}
            total={progress?.total ?? null}
            className="min-w-56 flex-1"
          />
          <Button onPress={() => stop.mutate({})}>{t("records.stop")}</Button>
        </div>
      ) : (
        <>
          {verify.data && <Found found={verify.data} />}
          <Button variant={verify.data ? "secondary" : "primary"} icon={ShieldCheck} onPress={() => verify.mutate({})}>
            {t(verify.data ? "records.checkAgain" : "records.check")}
          </Button>
        </>
      )}
      {verify.error && <ErrorNote error={verify.error} />}
    </Card>
  );
}

function Found({ found }: { found: LedgerVerification }) {
  const t = useT();
  if (found.cancelled) return <Note>{t("records.stopped")}</Note>;
  return (
    <div className="space-y-4" role="status">
      {found.broken ? (
        <Note tone="trouble" icon={ShieldAlert}>
          <p className="font-semibold">{t("records.broken", { entry: found.broken.entry })}</p>
          <p className="mt-1">{found.broken.sentence}</p>
          <p className="mt-1 text-ink-2">{t("records.brokenNext", { entry: found.broken.entry })}</p>
        </Note>
      ) : (
        <Note tone="good" icon={ShieldCheck}>
          <p className="font-semibold">{t("records.holds", { entries: found.entries })}</p>
        </Note>
      )}
      {found.anchor_problem && <Note tone="attention">{found.anchor_problem}</Note>}
      <Facts
        items={[
          { name: t("records.verifiedAt"), value: <TimeText atMs={found.verified_at_ms} style="full" /> },
          {
            name: t("records.anchored"),
            value:
              found.anchored_entry === null
                ? t("records.notAnchored")
                : t("records.anchoredEntry", { entry: found.anchored_entry }),
          },
          ...(found.erased > 0
            ? [{ name: t("records.erased"), value: `${found.erased}. ${t("records.erasedHelp")}` }]
            : []),
          {
            name: t("records.mark"),
            value: (
              <>
                <span className="font-mono">{found.proof_mark}</span>
                <span className="block text-ink-3 text-xs">{t("records.markHelp")}</span>
              </>
            ),
          },
        ]}
      />
    </div>
  );
}

function Suppression() {
  const t = useT();
  const ipc = useIpc();
  const navigate = useNavigate();
  const save = useCommandMutation("suppression_export");
  const read = useCommandMutation("suppression_import");
  const choosePlace = async () => {
    const path = await ipc.chooseSavePath({
      title: t("records.suppressionExport.title"),
      suggestedName: "opted-out.csv",
      filters: [{ name: "CSV", extensions: ["csv"] }],
    });
    if (path) save.mutate({ path });
  };
  const chooseList = async () => {
    const path = await ipc.chooseFile({
      title: t("records.suppressionImport.title"),
      filters: [{ name: "CSV", extensions: ["csv", "txt"] }],
    });
    if (path) read.mutate({ path, region: null, note: "" });
  };
  const error = save.error ?? read.error;
  return (
    <Card className="space-y-4 p-5">
      <div>
        <h3 className="font-semibold text-base">{t("records.suppression")}</h3>
        <p className="mt-1 max-w-prose text-ink-2 text-sm">{t("records.suppressionHelp")}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button icon={Users} onPress={() => void navigate({ to: "/contacts", search: { filter: "opted_out" } })}>
          {t("records.suppressionShow")}
        </Button>
        <Button icon={Download} isPending={save.isPending} onPress={() => void choosePlace()}>
          {t("records.suppressionExport")}
        </Button>
        <Button icon={FileUp} isPending={read.isPending} onPress={() => void chooseList()}>
          {t("records.suppressionImport")}
        </Button>
      </div>
      <p role="status" className={save.data || read.data ? "text-ink-2 text-sm" : "sr-only"}>
        {read.data
          ? t("records.suppressionImported", {
              added: read.data.added,
              known: read.data.known,
              unreadable: read.data.unreadable,
            })
          : save.data
            ? t("records.suppressionExported", { count: save.data.rows ?? 0, path: save.data.path })
            : null}
      </p>
      {error && <ErrorNote error={error} />}
    </Card>
  );
}
