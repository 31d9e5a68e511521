import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { buttonClass } from "../components/Button";
import { EmptyState, ErrorNote } from "../components/feedback";
import { useT } from "../i18n/t";

export function NotFound() {
  const t = useT();
  return (
    <EmptyState
      title={t("shell.notFound")}
      action={
        <Link to="/" className={buttonClass("primary")}>
          {t("shell.goToday")}
        </Link>
      }
    />
  );
}

/** A screen that failed to draw leaves the rest of the window standing. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  return (
    <div className="p-8">
      <ErrorNote error={error} onRetry={reset} />
    </div>
  );
}
