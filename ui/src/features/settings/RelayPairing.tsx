import { useEffect, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote, Note } from "../../components/feedback";
import { TextField } from "../../components/fields";
import { ConfirmDialog } from "../../components/overlays";
import { Card } from "../../components/Page";
import { useT } from "../../i18n/t";
import { useCommandMutation } from "../../ipc/queries";
import { forgetPairingLink, usePairingLink } from "./pairingLink";
import { Facts } from "./parts";

/** Opens a pairing link: first where it leads, then, confirmed, the pairing itself. */
export function RelayPairing() {
  const t = useT();
  const [link, setLink] = useState("");
  const [name, setName] = useState("");
  const inspect = useCommandMutation("relay_pairing_inspect");
  const pair = useCommandMutation("relay_pair");
  const leadsTo = inspect.data;
  const offered = usePairingLink();
  const { mutate: look } = inspect;
  useEffect(() => {
    if (offered === null) return;
    setLink(offered);
    look({ link: offered });
    // Taken: leaving a relay later must not bring it up again.
    forgetPairingLink();
  }, [offered, look]);
  const start = (text: string) => {
    setLink(text);
    inspect.reset();
    pair.reset();
  };
  return (
    <Card className="p-5">
      <h3 className="mb-1 font-semibold">{t("relay.configure")}</h3>
      <p className="mb-4 max-w-prose text-ink-2 text-sm">{t("relay.link.lead")}</p>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (leadsTo) pair.mutate({ link, name });
          else inspect.mutate({ link });
        }}
      >
        <TextField
          autoComplete="off"
          label={t("relay.link")}
          description={t("relay.link.help")}
          value={link}
          onChange={start}
        />
        {inspect.isError ? <ErrorNote error={inspect.error} /> : null}
        {leadsTo ? (
          <div className="space-y-4">
            <Facts
              items={[
                { name: t("relay.url"), value: leadsTo.url },
                { name: t("relay.desk"), value: leadsTo.desk },
                { name: t("relay.fingerprint"), value: <code>{leadsTo.fingerprint}</code> },
              ]}
            />
            <Note tone="attention">{t("relay.fingerprint.compare")}</Note>
            <TextField label={t("relay.device")} value={name} onChange={setName} />
          </div>
        ) : null}
        {pair.isError ? <ErrorNote error={pair.error} /> : null}
        {leadsTo ? (
          <Button type="submit" variant="primary" isDisabled={name.trim() === ""} isPending={pair.isPending}>
            {t("relay.pair")}
          </Button>
        ) : (
          <Button type="submit" isDisabled={link.trim() === ""} isPending={inspect.isPending}>
            {t("relay.inspect")}
          </Button>
        )}
      </form>
    </Card>
  );
}

/** A link was opened on a computer that is paired: nothing is paired over. */
export function OfferedLinkNote() {
  const t = useT();
  const offered = usePairingLink();
  if (offered === null) return null;
  return (
    <Note
      tone="attention"
      action={
        <Button size="small" onPress={forgetPairingLink}>
          {t("relay.offered.dismiss")}
        </Button>
      }
    >
      {t("relay.offered.paired")}
    </Note>
  );
}

/** Leaving is asked back: nothing arrives here afterwards. */
export function RelayLeave() {
  const t = useT();
  const [asking, setAsking] = useState(false);
  const leave = useCommandMutation("relay_leave");
  return (
    <>
      {leave.isError ? <ErrorNote error={leave.error} /> : null}
      <Button variant="secondary" isPending={leave.isPending} onPress={() => setAsking(true)}>
        {t("relay.leave")}
      </Button>
      <ConfirmDialog
        isOpen={asking}
        title={t("relay.leave.title")}
        confirmLabel={t("relay.leave")}
        danger
        onConfirm={() => {
          setAsking(false);
          leave.mutate({});
        }}
        onClose={() => setAsking(false)}
      >
        {t("relay.leave.text")}
      </ConfirmDialog>
    </>
  );
}
