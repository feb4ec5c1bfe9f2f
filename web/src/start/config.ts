let asked: Promise<Response | null> | undefined;

/** What `/gridx.json` answered when the page began; null where nothing did. Each reader gets an answer of its own. */
export async function configAtStart(): Promise<Response | null> {
  // As the page's head asks for it already: served so that nobody keeps it.
  asked ??= fetch("/gridx.json").catch(() => null);
  return (await asked)?.clone() ?? null;
}
