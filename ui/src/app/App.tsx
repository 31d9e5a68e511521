import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { IntlProvider } from "react-intl";
import { localeFor, messagesFor } from "../i18n/locales";
import { IpcProvider } from "../ipc/context";
import type { Ipc } from "../ipc/ipc";
import { createQueryClientOptions } from "../ipc/queries";
import { makeRouter } from "./router";

export interface AppProps {
  ipc: Ipc;
  /** Tests bring their own. */
  router?: ReturnType<typeof makeRouter>;
  client?: QueryClient;
}

export function App({ ipc, router: givenRouter, client: givenClient }: AppProps) {
  const [client] = useState(() => givenClient ?? new QueryClient(createQueryClientOptions()));
  const [router] = useState(() => givenRouter ?? makeRouter());
  const locale = localeFor("system", navigator.languages);
  return (
    <IpcProvider value={ipc}>
      <QueryClientProvider client={client}>
        <IntlProvider locale={locale.intl} messages={messagesFor(locale)} defaultLocale="en">
          <RouterProvider router={router} />
        </IntlProvider>
      </QueryClientProvider>
    </IpcProvider>
  );
}
