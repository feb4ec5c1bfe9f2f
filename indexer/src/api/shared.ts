/** One answer, or error, for all who ask while it is being found and for so long after it was. */
export function shared<T>(find: () => Promise<T>, freshMs: number): () => Promise<T> {
  let last: { answer: Promise<T>; until: number } | undefined;
  return () => {
    if (last && Date.now() < last.until) return last.answer;
    const mine = { answer: find(), until: Number.POSITIVE_INFINITY };
    const found = () => {
      mine.until = Date.now() + freshMs;
    };
    mine.answer.then(found, found);
    last = mine;
    return mine.answer;
  };
}
