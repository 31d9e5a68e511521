// What lies over the page: dialogs, confirmations, menus. Esc closes, focus comes back to where it was.
import { type LucideIcon, X } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import {
  Dialog as AriaDialog,
  Menu as AriaMenu,
  Heading,
  MenuItem,
  MenuTrigger,
  Modal,
  ModalOverlay,
  Popover,
} from "react-aria-components";
import { useT } from "../i18n/t";
import { Button, IconButton } from "./Button";
import { cx } from "./cx";
import { TextField } from "./fields";
import { useScrollStop } from "./ScrollRegion";

export function Dialog({
  title,
  isOpen,
  onClose,
  children,
  footer,
  size = "medium",
  role = "dialog",
}: {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  size?: "small" | "medium" | "large";
  role?: "dialog" | "alertdialog";
}) {
  const t = useT();
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable={role === "dialog"}
      className="fixed inset-0 z-40 flex items-start justify-center overflow-y-auto bg-scrim px-4 py-[8vh]"
    >
      <Modal
        className={cx(
          "w-full rounded-2xl border border-line bg-raised shadow-float",
          size === "small" && "max-w-md",
          size === "medium" && "max-w-xl",
          size === "large" && "max-w-4xl",
        )}
      >
        <AriaDialog role={role} className="flex max-h-[84vh] flex-col outline-none">
          <header className="flex items-start gap-4 px-6 pt-5 pb-2">
            <Heading slot="title" className="flex-1 font-semibold text-lg leading-6">
              {title}
            </Heading>
            {role === "dialog" ? (
              <IconButton label={t("common.close")} icon={X} size="small" onPress={onClose} />
            ) : null}
          </header>
          <DialogBody>{children}</DialogBody>
          {footer ? (
            <footer className="flex flex-wrap justify-end gap-2 border-line border-t px-6 py-4">{footer}</footer>
          ) : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function DialogBody({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useScrollStop(box);
  return (
    <div ref={box} className="focus-inset relative min-h-0 flex-1 overflow-y-auto px-6 pt-1 pb-5">
      {children}
    </div>
  );
}

/** For what cannot be undone: says the consequence in numbers, and may ask to type something. */
export function ConfirmDialog({
  title,
  isOpen,
  onClose,
  onConfirm,
  confirmLabel,
  danger,
  typed,
  children,
  isPending,
}: {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  onConfirm: (typedText: string) => void;
  confirmLabel: string;
  danger?: boolean;
  /** What has to be typed, and the name of the field. */
  typed?: { label: string; matches: (text: string) => boolean; description?: string };
  children: ReactNode;
  isPending?: boolean;
}) {
  const t = useT();
  const [text, setText] = useState("");
  const ready = !typed || typed.matches(text);
  return (
    <Dialog
      role="alertdialog"
      size="small"
      title={title}
      isOpen={isOpen}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button
            variant={danger ? "danger" : "primary"}
            isDisabled={!ready}
            isPending={isPending ?? false}
            onPress={() => onConfirm(text)}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="space-y-3 text-ink-2 text-sm">{children}</div>
      {typed ? (
        <TextField
          autoFocus
          label={typed.label}
          description={typed.description}
          value={text}
          onChange={setText}
          inputMode="numeric"
          className="mt-4"
          onKeyDown={(event) => {
            if (event.key === "Enter" && ready) onConfirm(text);
          }}
        />
      ) : null}
    </Dialog>
  );
}

export interface MenuEntry {
  id: string;
  label: string;
  icon?: LucideIcon;
  danger?: boolean;
  isDisabled?: boolean;
  onAction: () => void;
}

export function Menu({ label, trigger, items }: { label: string; trigger: ReactNode; items: readonly MenuEntry[] }) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover
        placement="bottom end"
        className="min-w-44 overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-float"
      >
        <AriaMenu aria-label={label} className="outline-none">
          {items.map(({ id, label: text, icon: Icon, danger, isDisabled, onAction }) => (
            <MenuItem
              key={id}
              id={id}
              textValue={text}
              isDisabled={isDisabled ?? false}
              onAction={onAction}
              className={cx(
                "flex items-center gap-2.5 rounded-control px-2.5 py-1.5 text-sm data-disabled:opacity-50 data-focused:bg-hover",
                danger && "text-trouble",
              )}
            >
              {Icon ? <Icon aria-hidden size={15} className="text-ink-3" /> : null}
              {text}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
