/** Text for reading; PostgreSQL stores no NUL. The ledger keeps the bytes themselves. */
export const readable = (text: string) => text.replaceAll("\0", "\uFFFD");
