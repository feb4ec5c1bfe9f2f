interface WhoseTradesProps {
  mine: boolean;
  connected: boolean;
  onMine: (mine: boolean) => void;
}

const CHOICES = [
  { label: "All", mine: false },
  { label: "Mine", mine: true },
] as const;

export function WhoseTrades({ mine, connected, onMine }: WhoseTradesProps) {
  return (
    <fieldset className="flex rounded-control border border-line bg-night/60 p-0.5">
      <legend className="sr-only">Whose trades</legend>
      {CHOICES.map((choice) => (
        <button
          key={choice.label}
          type="button"
          aria-pressed={mine === choice.mine}
          disabled={choice.mine && !connected}
          title={choice.mine && !connected ? "Connect a wallet to see your trades" : undefined}
          onClick={() => onMine(choice.mine)}
          className="min-h-11 min-w-16 rounded-[0.625rem] px-4 text-sm text-soft disabled:cursor-not-allowed disabled:text-muted/60 aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-text"
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  );
}
