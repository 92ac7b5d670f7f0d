const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/** The number in a text such as `42` or `-1.5`; undefined for any other text. */
export function readNumericText(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}
