/** An event as a line of JSON. Integers that can outgrow a double are written as decimal strings. */
export const toLine = (event: object): string =>
  `${JSON.stringify(event, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value))}\n`;
