// Meta's words for templates as a shopkeeper reads them. A word of a later platform is shown as it is.
import type { LucideIcon } from "lucide-react";
import {
  Archive,
  Ban,
  CircleCheck,
  CirclePause,
  CircleX,
  Clock,
  Flag,
  Lock,
  ThumbsDown,
  ThumbsUp,
  TriangleAlert,
} from "lucide-react";
import { useIntl } from "react-intl";
import type { Tone } from "../../components/feedback";
import type { MessageId } from "../../i18n/messages";
import { useT } from "../../i18n/t";

/** `MARKETING` or `some_later_word` as "Some later word". */
export function readable(word: string): string {
  const text = word.replace(/_/g, " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const CATEGORIES: Record<string, MessageId> = {
  marketing: "templates.category.marketing",
  utility: "templates.category.utility",
  authentication: "templates.category.authentication",
  service: "templates.category.service",
};

export function useCategoryText(): (category: string) => string {
  const t = useT();
  return (category) => {
    const id = CATEGORIES[category.toLowerCase()];
    return id ? t(id) : readable(category);
  };
}

/** A language code in the operator's words: `fr` is "French", `en_US` "American English". */
export function useLanguageName(): (code: string) => string {
  const intl = useIntl();
  return (code) => {
    try {
      return intl.formatDisplayName(code.replace("_", "-"), { type: "language" }) ?? code;
    } catch {
      return code;
    }
  };
}

interface Look {
  text: MessageId;
  tone: Tone;
  icon: LucideIcon;
}

const STATUS: Record<string, Look> = {
  APPROVED: { text: "templates.status.approved", tone: "good", icon: CircleCheck },
  REINSTATED: { text: "templates.status.approved", tone: "good", icon: CircleCheck },
  UNARCHIVED: { text: "templates.status.approved", tone: "good", icon: CircleCheck },
  FLAGGED: { text: "templates.status.flagged", tone: "attention", icon: Flag },
  PENDING: { text: "templates.status.pending", tone: "neutral", icon: Clock },
  IN_APPEAL: { text: "templates.status.inAppeal", tone: "neutral", icon: Clock },
  PAUSED: { text: "templates.status.paused", tone: "attention", icon: CirclePause },
  REJECTED: { text: "templates.status.rejected", tone: "trouble", icon: CircleX },
  DISABLED: { text: "templates.status.disabled", tone: "trouble", icon: Ban },
  LOCKED: { text: "templates.status.locked", tone: "trouble", icon: Lock },
  LIMIT_EXCEEDED: { text: "templates.status.limitExceeded", tone: "trouble", icon: TriangleAlert },
  ARCHIVED: { text: "templates.status.archived", tone: "neutral", icon: Archive },
  PENDING_DELETION: { text: "templates.status.pendingDeletion", tone: "neutral", icon: Archive },
  DELETED: { text: "templates.status.deleted", tone: "neutral", icon: Archive },
};

const QUALITY: Record<string, Look> = {
  GREEN: { text: "templates.quality.green", tone: "good", icon: ThumbsUp },
  YELLOW: { text: "templates.quality.yellow", tone: "attention", icon: TriangleAlert },
  RED: { text: "templates.quality.red", tone: "trouble", icon: ThumbsDown },
};

export interface WordLook {
  text: string;
  tone: Tone;
  icon: LucideIcon | undefined;
}

export function useStatusLook(): (status: string) => WordLook {
  const t = useT();
  return (status) => {
    const look = STATUS[status.toUpperCase()];
    return look ? { ...look, text: t(look.text) } : { text: readable(status), tone: "neutral", icon: undefined };
  };
}

/** Nothing for a quality that Meta does not know yet. */
export function useQualityLook(): (quality: string | null) => WordLook | null {
  const t = useT();
  return (quality) => {
    const look = quality ? QUALITY[quality.toUpperCase()] : undefined;
    return look ? { ...look, text: t(look.text) } : null;
  };
}
