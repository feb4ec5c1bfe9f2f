/** The page's own words or, where it has none for what a service says, the service's. */
export function InWords({ words, english }: { words: string | null; english: string | null }) {
  return words ?? <span lang="en">{english}</span>;
}
