import { type ReactNode, useId, useState } from "react";
import { t } from "../i18n/t.ts";

interface FieldProps {
  label: string;
  unit?: string;
  /** A number, unless given. */
  inputMode?: "decimal" | "text";
  value: string;
  onChange: (value: string) => void;
  /** What is wrong with it, shown once something was entered. */
  error?: string | null;
  hint?: ReactNode;
  /** Fills in the most that can be given. */
  onMost?: () => void;
  /** What may be given, where that is a long list; asked for when somebody comes to the field. */
  suggestions?: () => readonly string[];
  placeholder?: string;
  autoFocus?: boolean;
  disabled?: boolean;
}

/** A labelled number with its unit, or a line of text. */
export function Field({ label, unit, value, onChange, error, hint, onMost, suggestions, ...rest }: FieldProps) {
  const id = useId();
  const describedBy = `${id}-note`;
  const [suggested, setSuggested] = useState<readonly string[]>([]);
  return (
    <div>
      <label htmlFor={id} className="text-sm text-soft">
        {label}
      </label>
      <div
        className={`mt-1 flex items-center rounded-control border bg-night/60 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-cyan ${error ? "border-red/70" : "border-edge/70"}`}
      >
        <input
          id={id}
          inputMode="decimal"
          autoComplete="off"
          spellCheck={false}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          aria-describedby={describedBy}
          aria-invalid={error ? true : undefined}
          className="min-h-11 w-full min-w-0 bg-transparent px-3 text-base outline-none placeholder:text-muted/70"
          {...(suggestions && { list: `${id}-list`, onFocus: () => setSuggested(suggestions) })}
          {...rest}
        />
        {suggestions && (
          <datalist id={`${id}-list`}>
            {suggested.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        )}
        {onMost && (
          <button
            type="button"
            onClick={onMost}
            className="min-h-11 px-2 text-sm font-medium text-cyan hover:underline"
            aria-label={t("app.most", { label })}
          >
            {t("app.max")}
          </button>
        )}
        {unit && <span className="shrink-0 pe-3 ps-1 text-sm text-muted">{unit}</span>}
      </div>
      <p id={describedBy} className={`mt-1 min-h-5 text-xs ${error ? "text-red" : "text-muted"}`}>
        {error ?? hint}
      </p>
    </div>
  );
}
