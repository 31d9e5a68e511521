// "Who do you want to be?": the customers of the practice account, last active first.
import { useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { Avatar } from "../../components/Avatar";
import { ErrorNote, Skeleton } from "../../components/feedback";
import { SearchField } from "../../components/fields";
import { readablePhone } from "../../components/phoneNumber";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import { useCommand } from "../../ipc/queries";

export const POLL_MS = 2_000;
const SHOWN = 50;

export function CustomerPicker({ onPick }: { onPick: (id: string) => void }) {
  const t = useT();
  const [search, setSearch] = useState("");
  const customers = useCommand(
    "phone_customers",
    { search: search.trim() === "" ? null : search.trim(), limit: SHOWN },
    { tags: ["inbox", "campaigns"], keepPrevious: true, everyMs: POLL_MS },
  );
  const more = (customers.data?.total ?? 0) - (customers.data?.items.length ?? 0);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="px-4 pt-2 pb-3">
        <h3 className="mb-2 font-semibold text-lg">{t("phone.pick")}</h3>
        <SearchField label={t("phone.search")} value={search} onChange={setSearch} isPageSearch={false} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {customers.error ? (
          <ErrorNote error={customers.error} onRetry={() => void customers.refetch()} className="m-3" />
        ) : customers.isPending ? (
          <div className="px-4">
            <Skeleton rows={6} className="h-12" />
          </div>
        ) : (
          <ListBox
            aria-label={t("phone.customers")}
            items={customers.data.items}
            selectionMode="none"
            onAction={(id) => onPick(String(id))}
            renderEmptyState={() => (
              <p className="px-6 py-10 text-center text-phone-ink-2">{search ? t("phone.nobody") : t("phone.empty")}</p>
            )}
            className="outline-none"
          >
            {(customer) => (
              <ListBoxItem
                id={customer.id}
                textValue={customer.name}
                className="flex items-center gap-3 px-4 py-2.5 data-focused:bg-hover data-hovered:bg-hover data-focus-visible:outline-2 data-focus-visible:-outline-offset-2 data-focus-visible:outline-accent"
              >
                <Avatar name={customer.name} />
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">
                    <bdi>{readablePhone(customer.name)}</bdi>
                  </span>
                  <span className="block truncate text-phone-ink-2 text-xs">
                    <bdi>{customer.last_line ?? readablePhone(customer.address)}</bdi>
                  </span>
                </span>
                {customer.last_at_ms !== null && (
                  <TimeText atMs={customer.last_at_ms} className="self-start pt-0.5 text-phone-ink-2 text-xs" />
                )}
              </ListBoxItem>
            )}
          </ListBox>
        )}
        {more > 0 && (
          <p className="px-4 py-3 text-center text-phone-ink-2 text-xs">{t("phone.more", { count: more })}</p>
        )}
      </div>
    </div>
  );
}
