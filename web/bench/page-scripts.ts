/** Functions that run in the page come with calls of this helper, which is tsx's. */
export const NAMES = "globalThis.__name = (of) => of;";
