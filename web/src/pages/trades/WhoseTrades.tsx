import { type MessageId, t } from "../../i18n/t.ts";

interface WhoseTradesProps {
  mine: boolean;
  connected: boolean;
  onMine: (mine: boolean) => void;
}

const CHOICES = [
  { label: "trades.whose.all", mine: false },
  { label: "trades.whose.mine", mine: true },
] as const satisfies readonly { label: MessageId; mine: boolean }[];

export function WhoseTrades({ mine, connected, onMine }: WhoseTradesProps) {
  return (
    <fieldset className="flex rounded-control border border-line bg-night/60 p-0.5">
      <legend className="sr-only">{t("trades.whose")}</legend>
      {CHOICES.map((choice) => (
        <button
          key={choice.label}
          type="button"
          aria-pressed={mine === choice.mine}
          disabled={choice.mine && !connected}
          title={choice.mine && !connected ? t("trades.whose.connect") : undefined}
          onClick={() => onMine(choice.mine)}
          className="min-h-11 min-w-16 rounded-[0.625rem] px-4 text-sm text-soft disabled:cursor-not-allowed disabled:text-muted/60 aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-text"
        >
          {t(choice.label)}
        </button>
      ))}
    </fieldset>
  );
}
