// The words of consent as a shopkeeper reads them, each with its look. A word of a later core is shown as it is.
import {
  BadgeCheck,
  Ban,
  CircleHelp,
  CircleMinus,
  CircleSlash,
  Eraser,
  FileCheck,
  type LucideIcon,
  MessageCircleOff,
  ShieldQuestion,
  Undo2,
} from "lucide-react";
import type { Tone } from "../../components/feedback";
import { readablePhone } from "../../components/phoneNumber";
import type { MessageId } from "../../i18n/messages";
import { useT } from "../../i18n/t";
import type { ContactRow } from "../../ipc/ipc";
import { readable } from "../templates/words";

/** Number or @username, as people read it. */
export function addressOf(row: ContactRow): string | null {
  if (row.phone) return readablePhone(row.phone);
  return row.username ? `@${row.username}` : null;
}

interface Look {
  text: MessageId;
  tone: Tone;
  icon: LucideIcon;
}

const CONSENT: Record<string, Look> = {
  opted_in: { text: "contacts.consent.opted_in", tone: "good", icon: BadgeCheck },
  attested: { text: "contacts.consent.attested", tone: "good", icon: FileCheck },
  opted_out: { text: "contacts.consent.opted_out", tone: "trouble", icon: CircleSlash },
  marketing_stopped: { text: "contacts.consent.marketing_stopped", tone: "attention", icon: MessageCircleOff },
  to_decide: { text: "contacts.consent.to_decide", tone: "attention", icon: ShieldQuestion },
  no_evidence: { text: "contacts.consent.no_evidence", tone: "neutral", icon: CircleMinus },
  declined: { text: "contacts.consent.declined", tone: "neutral", icon: CircleMinus },
  blocked: { text: "contacts.consent.blocked", tone: "trouble", icon: Ban },
  erased: { text: "contacts.consent.erased", tone: "trouble", icon: Eraser },
};

const EVENTS: Record<string, Look> = {
  opt_in: { text: "contacts.event.opt_in", tone: "good", icon: BadgeCheck },
  attested: { text: "contacts.event.attested", tone: "good", icon: FileCheck },
  opt_out: { text: "contacts.event.opt_out", tone: "trouble", icon: CircleSlash },
  marketing_stop: { text: "contacts.event.marketing_stop", tone: "attention", icon: MessageCircleOff },
  marketing_resume: { text: "contacts.event.marketing_resume", tone: "good", icon: Undo2 },
  probable_opt_out: { text: "contacts.event.probable_opt_out", tone: "attention", icon: ShieldQuestion },
  undone: { text: "contacts.event.undone", tone: "neutral", icon: Undo2 },
  not_an_opt_out: { text: "contacts.event.not_an_opt_out", tone: "neutral", icon: Undo2 },
  declined: { text: "contacts.event.declined", tone: "neutral", icon: CircleMinus },
  blocked: { text: "contacts.event.blocked", tone: "trouble", icon: Ban },
  unblocked: { text: "contacts.event.unblocked", tone: "neutral", icon: Undo2 },
  erased: { text: "contacts.event.erased", tone: "trouble", icon: Eraser },
};

export interface ConsentLook {
  text: string;
  tone: Tone;
  icon: LucideIcon;
}

function useLook(table: Record<string, Look>): (word: string) => ConsentLook {
  const t = useT();
  return (word) => {
    const look = table[word];
    return look ? { ...look, text: t(look.text) } : { text: readable(word), tone: "neutral", icon: CircleHelp };
  };
}

export const useConsentLook = () => useLook(CONSENT);
export const useEventLook = () => useLook(EVENTS);
