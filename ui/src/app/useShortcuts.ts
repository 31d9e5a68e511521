import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { places } from "./Rail";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Ctrl/Cmd+K opens the palette, Ctrl/Cmd+1…6 the places of the rail, `/` goes to the search of the screen. */
export function useShortcuts({ onPalette }: { onPalette: () => void }): void {
  const navigate = useNavigate();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const command = event.ctrlKey || event.metaKey;
      if (command && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onPalette();
      } else if (command && !event.shiftKey && !event.altKey && /^[1-9]$/.test(event.key)) {
        const place = places[Number(event.key) - 1];
        if (!place) return;
        event.preventDefault();
        void navigate({ to: place.to });
      } else if (event.key === "/" && !command && !isTyping(event.target)) {
        const search = document.querySelector<HTMLInputElement>("main input[data-search]");
        if (!search) return;
        event.preventDefault();
        search.focus();
        search.select();
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [navigate, onPalette]);
}
