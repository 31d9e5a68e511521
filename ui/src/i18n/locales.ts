// The languages the window can speak. The two pseudo-languages are made from English: one longer and accented, to
// find texts that are cut or not in a catalogue, one right-to-left, to find layout that knows only left and right.
import { english } from "./messages";
import { pseudo } from "./pseudo";

export interface Locale {
  /** BCP 47 tag kept in the settings. */
  tag: string;
  /** Its own name for itself. */
  name: string;
  direction: "ltr" | "rtl";
  /** Tag that Intl knows. */
  intl: string;
}

const ENGLISH: Locale = { tag: "en", name: "English", direction: "ltr", intl: "en" };
export const locales: readonly Locale[] = [
  ENGLISH,
  { tag: "en-XA", name: "[Ṕšéüðö] Long English, for tests", direction: "ltr", intl: "en" },
  { tag: "ar-XB", name: "Right-to-left English, for tests", direction: "rtl", intl: "en" },
];

/** The locale for a setting: `system` and unknown tags follow the system, English last. */
export function localeFor(setting: string, system: readonly string[]): Locale {
  const wanted = setting === "system" ? system : [setting];
  for (const tag of wanted) {
    const exact = locales.find((locale) => locale.tag === tag);
    if (exact) return exact;
    const language = locales.find((locale) => locale.tag === tag.split("-")[0]);
    // Numbers and dates follow the region even where the texts are English.
    if (language) return { ...language, intl: tag };
  }
  return ENGLISH;
}

export function messagesFor(locale: Locale): Record<string, string> {
  if (locale.tag === "en-XA") return pseudo(english, "long");
  if (locale.tag === "ar-XB") return pseudo(english, "rtl");
  return english;
}
