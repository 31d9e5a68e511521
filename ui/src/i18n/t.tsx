import type { ReactNode } from "react";
import { useIntl } from "react-intl";
import type { MessageId } from "./messages";

export type Values = Record<string, string | number | boolean | Date | null | undefined>;
export type RichValues = Record<string, ReactNode | Values[string] | ((chunks: ReactNode[]) => ReactNode)>;

/** `t("import.title", { name })`: the text of a message in the operator's language. */
export function useT(): (id: MessageId, values?: Values) => string {
  const intl = useIntl();
  return (id, values) => intl.formatMessage({ id }, values as Record<string, string | number>);
}

/** A message with parts that are elements, for example `<b>` or a count that opens its rows. */
export function T({ id, values }: { id: MessageId; values?: RichValues }) {
  const intl = useIntl();
  return <>{intl.formatMessage({ id }, values as Record<string, ReactNode>)}</>;
}
