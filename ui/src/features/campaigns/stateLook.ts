import { CircleCheck, CircleSlash, type LucideIcon, PauseCircle, PencilLine, Send, Timer } from "lucide-react";
import type { Tone } from "../../components/feedback";
import type { CampaignStateDto } from "../../ipc/ipc";

export const stateLook: Record<CampaignStateDto, { tone: Tone; icon: LucideIcon }> = {
  draft: { tone: "neutral", icon: PencilLine },
  launching: { tone: "accent", icon: Timer },
  running: { tone: "accent", icon: Send },
  paused: { tone: "attention", icon: PauseCircle },
  cancelled: { tone: "neutral", icon: CircleSlash },
  done: { tone: "good", icon: CircleCheck },
};
