import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import { cx } from "./cx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

const base =
  "inline-flex shrink-0 items-center justify-center gap-2 rounded-control font-medium whitespace-nowrap select-none transition-colors disabled:opacity-45 data-disabled:opacity-45";

const variants: Record<ButtonVariant, string> = {
  primary: "bg-accent-fill text-on-accent data-hovered:bg-accent-fill-hover data-pressed:bg-accent-fill-hover",
  secondary: "border border-control/60 bg-surface text-ink data-hovered:bg-hover data-pressed:bg-sunken",
  quiet: "text-accent data-hovered:bg-hover data-pressed:bg-sunken",
  danger: "bg-trouble-fill text-on-trouble data-hovered:opacity-90",
};
const sizes = { small: "h-7 px-2.5 text-xs", medium: "h-9 px-3.5 text-sm", large: "h-11 px-5 text-base" };

/** Classes of a button for things that only look like one, such as links. */
export function buttonClass(variant: ButtonVariant = "secondary", size: keyof typeof sizes = "medium"): string {
  return cx(base, variants[variant], sizes[size]);
}

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children" | "style"> {
  variant?: ButtonVariant;
  size?: keyof typeof sizes;
  icon?: LucideIcon;
  className?: string;
  children: ReactNode;
}

/** A button with a name. `isPending` keeps it in place and says that it works. */
export function Button({
  variant = "secondary",
  size = "medium",
  icon: Icon,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <AriaButton {...rest} className={cx(buttonClass(variant, size), "data-pending:opacity-70", className)}>
      {Icon ? <Icon aria-hidden size={size === "small" ? 14 : 16} /> : null}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<AriaButtonProps, "className" | "children" | "style"> {
  /** Its name, spoken and shown as a tooltip. */
  label: string;
  icon: LucideIcon;
  size?: "small" | "medium";
  className?: string;
}

export function IconButton({ label, icon: Icon, size = "medium", className, ...rest }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton
        {...rest}
        aria-label={label}
        className={cx(
          "inline-flex shrink-0 items-center justify-center rounded-control text-ink-2 transition-colors data-disabled:opacity-45 data-hovered:bg-hover data-hovered:text-ink",
          size === "small" ? "size-7" : "size-9",
          className,
        )}
      >
        <Icon aria-hidden size={size === "small" ? 15 : 18} />
      </AriaButton>
      <Tooltip offset={6} className="rounded-md bg-ink px-2 py-1 text-canvas text-xs shadow-float">
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}
