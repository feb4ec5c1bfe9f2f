import type { ComponentProps } from "react";

const LOOKS = {
  primary: "bg-cyan text-ink font-semibold hover:bg-cyan-bright disabled:bg-line disabled:text-muted",
  secondary: "border border-edge/60 bg-raised text-text hover:border-cyan/70 hover:bg-hover disabled:text-muted",
  quiet: "text-soft hover:bg-hover hover:text-text disabled:text-muted",
} as const;

export interface ButtonProps extends ComponentProps<"button"> {
  look?: keyof typeof LOOKS;
}

/** At least 44 pixels to touch. */
export function Button({ look = "secondary", className = "", type = "button", ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={`inline-flex min-h-11 items-center justify-center gap-2 rounded-control px-4 text-[0.9375rem] whitespace-nowrap transition-colors disabled:cursor-not-allowed ${LOOKS[look]} ${className}`}
      {...rest}
    />
  );
}
