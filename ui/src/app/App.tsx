import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { I18nProvider } from "react-aria-components";
import { IntlProvider } from "react-intl";
import { Boundary } from "../components/Boundary";
import { Toasts } from "../components/toasts";
import { localeFor, messagesFor } from "../i18n/locales";
import { IpcProvider } from "../ipc/context";
import type { Ipc } from "../ipc/ipc";
import { createQueryClientOptions, useChanges, useCommand } from "../ipc/queries";
import { Undrawn } from "./fallbacks";
import { makeRouter } from "./router";
import { useAppearance } from "./useAppearance";
import { useZoomKeys } from "./useZoomKeys";

export interface AppProps {
  ipc: Ipc;
  /** Tests bring their own. */
  router?: ReturnType<typeof makeRouter>;
  client?: QueryClient;
}

export function App({ ipc, router: givenRouter, client: givenClient }: AppProps) {
  const [client] = useState(() => givenClient ?? new QueryClient(createQueryClientOptions()));
  const [router] = useState(() => givenRouter ?? makeRouter());
  return (
    <IpcProvider value={ipc}>
      <QueryClientProvider client={client}>
        <Window router={router} />
      </QueryClientProvider>
    </IpcProvider>
  );
}

/** Language and colours come from the settings of the open account; before one is open, from the system. */
function Window({ router }: { router: ReturnType<typeof makeRouter> }) {
  const status = useCommand("app_status", {}, { tags: ["account"] });
  const isOpen = Boolean(status.data?.profile);
  const settings = useCommand("settings_get", {}, { tags: ["settings"], enabled: isOpen });
  useChanges(status.data?.change_seq);
  const language = settings.data?.language ?? "system";
  const locale = useMemo(() => localeFor(language, navigator.languages), [language]);
  const messages = useMemo(() => messagesFor(locale), [locale]);
  useAppearance(settings.data, locale);
  useZoomKeys(settings.data);
  return (
    <IntlProvider locale={locale.intl} messages={messages} defaultLocale="en">
      <I18nProvider locale={locale.direction === "rtl" ? "ar" : locale.intl}>
        <Boundary fallback={(retry) => <Undrawn onRetry={retry} home={false} />}>
          <RouterProvider router={router} />
        </Boundary>
        <Toasts />
      </I18nProvider>
    </IntlProvider>
  );
}
