// Whether the pretend phone is open, and whose it is. Shared by the frame of the window (practice stripe, rail,
// palette), the inbox ("see their phone") and the panel itself.
import { useSyncExternalStore } from "react";

interface PhoneState {
  isOpen: boolean;
  /** The customer one is, by the practice account's id. */
  customerId: string | null;
  /** Somebody asked for the phone with this number; the panel finds whose it is. */
  wantedAddress: string | null;
}

let state: PhoneState = { isOpen: false, customerId: null, wantedAddress: null };
const listeners = new Set<() => void>();

function set(part: Partial<PhoneState>) {
  state = { ...state, ...part };
  for (const listener of listeners) listener();
}
function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export const pretendPhone = {
  open: () => set({ isOpen: true }),
  close: () => set({ isOpen: false }),
  toggle: () => set({ isOpen: !state.isOpen }),
  /** Takes up the phone of the customer with this number or @username. */
  openFor: (address: string) => set({ isOpen: true, wantedAddress: address }),
  /** Becomes a customer; null puts the phone back on the table. */
  be: (customerId: string | null) => set({ customerId, wantedAddress: null }),
};

export function usePretendPhone(): PhoneState & typeof pretendPhone {
  return { ...useSyncExternalStore(subscribe, () => state), ...pretendPhone };
}
