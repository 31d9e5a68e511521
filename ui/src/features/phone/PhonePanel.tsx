// The pretend phone (practice only): a phone beside the window on which one is the customer. What happens here
// happens at the practice account and reaches the window the long way, through webhook and relay, like in life.
import { BatteryMedium, Signal, Wifi, X } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { IconButton } from "../../components/Button";
import { useNow } from "../../components/useNow";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import { useCommand } from "../../ipc/queries";
import { CustomerPicker } from "./CustomerPicker";
import { PhoneChat } from "./PhoneChat";
import { usePretendPhone } from "./phone-store";

export function PhonePanel() {
  const t = useT();
  const phone = usePretendPhone();
  useWantedCustomer(phone.wantedAddress);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc goes one step back from anywhere on the phone
    <div
      className="flex h-full flex-col bg-canvas"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.stopPropagation();
        if (phone.customerId) phone.be(null);
        else phone.close();
      }}
    >
      <header className="flex items-center gap-2 px-4 pt-3">
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">{t("phone.title")}</h2>
          <p className="text-ink-3 text-xs">{t("phone.about")}</p>
        </div>
        <IconButton label={t("phone.close")} icon={X} size="small" onPress={phone.close} />
      </header>
      <div className="min-h-0 flex-1 p-4">
        <Device>
          {phone.customerId ? (
            <PhoneChat key={phone.customerId} customerId={phone.customerId} onLeave={() => phone.be(null)} />
          ) : (
            <CustomerPicker onPick={phone.be} />
          )}
        </Device>
      </div>
    </div>
  );
}

/** A phone as such: nobody's brand. */
function Device({ children }: { children: ReactNode }) {
  const now = useNow();
  return (
    <div className="mx-auto flex h-full max-h-[46rem] flex-col rounded-[2.75rem] bg-[#14191b] p-2.5 shadow-float ring-1 ring-black/40">
      <div className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-[2.1rem] bg-phone-bubble text-phone-ink">
        <div aria-hidden className="relative flex h-8 shrink-0 items-center justify-between px-6 font-semibold text-xs">
          <TimeText atMs={now} style="time" />
          <span className="absolute inset-x-0 top-1.5 mx-auto h-5 w-20 rounded-full bg-[#14191b]" />
          <span className="flex items-center gap-1">
            <Signal size={12} />
            <Wifi size={12} />
            <BatteryMedium size={15} />
          </span>
        </div>
        {children}
      </div>
    </div>
  );
}

/** Finds the customer somebody asked for by number. */
function useWantedCustomer(address: string | null) {
  const found = useCommand("phone_customers", { search: address, limit: 10 }, { tags: [], enabled: address !== null });
  const { be } = usePretendPhone();
  const items = found.data?.items;
  useEffect(() => {
    if (address === null || items === undefined) return;
    const digits = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, "");
    const match = items.find((one) => digits(one.address) === digits(address));
    be(match?.id ?? null);
  }, [address, items, be]);
}
