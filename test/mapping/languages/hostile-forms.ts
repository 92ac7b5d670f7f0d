import fc from "fast-check";

/** One of these texts. */
export const pick = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

/** A text in which `_` stands for parts that the arbitraries give, in their order. */
export function form(template: string, ...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  const pieces = template.split("_");
  return fc.tuple(...parts).map((texts) => pieces.map((piece, index) => piece + (texts[index] ?? "")).join(""));
}
