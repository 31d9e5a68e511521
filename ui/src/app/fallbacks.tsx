import { useQueryClient } from "@tanstack/react-query";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { ImageOff } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button, buttonClass } from "../components/Button";
import { EmptyState } from "../components/feedback";
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
export function RouteError({ reset }: ErrorComponentProps) {
  const client = useQueryClient();
  return (
    <Undrawn
      onRetry={() => {
        // What it was drawn from may be the cause; it is asked for anew.
        client.removeQueries({ type: "inactive" });
        reset();
      }}
    />
  );
}

/** Says that a part of the window could not be drawn, and what still holds. */
export function Undrawn({ onRetry, home = true }: { onRetry: () => void; home?: boolean }) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  // What had the focus is gone; whoever listens hears what happened.
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} role="alert" tabIndex={-1} className="outline-none">
      <EmptyState
        icon={ImageOff}
        title={t("shell.undrawn")}
        action={
          <div className="flex flex-wrap justify-center gap-2">
            <Button variant="primary" onPress={onRetry}>
              {t("common.retry")}
            </Button>
            {home ? (
              <Link to="/" className={buttonClass()}>
                {t("shell.goToday")}
              </Link>
            ) : null}
          </div>
        }
      >
        {t("shell.undrawn.body")}
      </EmptyState>
    </div>
  );
}
