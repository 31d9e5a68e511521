// From practice to real and back, and taking contacts along.
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, buttonClass } from "../../components/Button";
import { ErrorNote, Note } from "../../components/feedback";
import { Card } from "../../components/Page";
import { useT } from "../../i18n/t";
import { useCommand, useCommandMutation } from "../../ipc/queries";

export function OtherAccounts() {
  const t = useT();
  const client = useQueryClient();
  const status = useCommand("app_status", {}, { tags: ["account"] });
  const open = useCommandMutation("profile_open");
  const practice = useCommandMutation("practice_open");
  const take = useCommandMutation("profile_take_contacts");
  const all = { onSuccess: () => void client.invalidateQueries() };
  const here = status.data?.profile;
  const others = (status.data?.profiles ?? []).filter(({ name }) => name !== here?.name);
  const practiceProfile = others.find(({ kind }) => kind === "practice");
  const error = open.error ?? practice.error ?? take.error;
  return (
    <>
      {here?.kind === "real" && practiceProfile ? (
        <Card className="p-5">
          <h3 className="font-semibold">{t("account.take")}</h3>
          <p className="mt-0.5 mb-3 text-ink-2">{t("account.take.body")}</p>
          <Button isPending={take.isPending} onPress={() => take.mutate({ from: practiceProfile.name })}>
            {t("account.take.go")}
          </Button>
          {take.data ? (
            <Note
              tone="good"
              className="mt-3"
              action={
                <Link to="/contacts" className={buttonClass("secondary", "small")}>
                  {t("account.take.show")}
                </Link>
              }
            >
              {t("account.take.done", { added: take.data.added, known: take.data.known })}
            </Note>
          ) : null}
        </Card>
      ) : null}
      <section aria-label={t("account.others")}>
        <h3 className="mb-2 font-semibold">{t("account.others")}</h3>
        <div className="flex flex-wrap gap-2">
          {others
            .filter(({ kind }) => kind === "real")
            .map((profile) => (
              <Button
                key={profile.name}
                isPending={open.isPending}
                onPress={() => open.mutate({ name: profile.name }, all)}
              >
                {t("account.others.open", { name: profile.business_name ?? profile.name })}
              </Button>
            ))}
          {here?.kind === "practice" ? null : (
            <Button isPending={practice.isPending} onPress={() => practice.mutate({}, all)}>
              {t("account.switch.practice")}
            </Button>
          )}
          {here?.kind === "practice" && others.length === 0 ? (
            <p className="text-ink-2">{t("account.others.practice")}</p>
          ) : null}
        </div>
        {error ? <ErrorNote error={error} className="mt-3" /> : null}
      </section>
    </>
  );
}
