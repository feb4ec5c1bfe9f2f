/** One of a few, as a row of buttons. */
interface ChoiceProps<Value extends string | number> {
  label: string;
  options: readonly { id: Value; label: string; disabled?: boolean }[];
  chosen: Value;
  onChange: (value: Value) => void;
}

export function Choice<Value extends string | number>({ label, options, chosen, onChange }: ChoiceProps<Value>) {
  return (
    <fieldset className="inline-flex max-w-full flex-wrap rounded-control border border-line p-1">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <button
          key={option.id}
          type="button"
          aria-pressed={option.id === chosen}
          disabled={option.disabled}
          onClick={() => onChange(option.id)}
          className={`min-h-11 rounded-lg px-3 text-sm transition-colors disabled:cursor-not-allowed disabled:text-muted/60 ${option.id === chosen ? "bg-cyan/15 font-medium text-cyan" : "text-soft hover:bg-hover"}`}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
