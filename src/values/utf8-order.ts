/**
 * Compares two texts as their UTF-8 bytes compare, which is the order of their code points: what a database does with a
 * binary collation. JavaScript's own `<` puts U+E000 to U+FFFF after everything beyond U+FFFF.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates encode code points beyond U+FFFF, so that they are ordered after all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * The first text, in UTF-8 order, after all texts that begin with `prefix`; undefined if there is none: for an empty
 * prefix, and for one of U+10FFFF alone.
 */
export function endOfPrefix(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const next = (last.codePointAt(0) ?? 0) + 1;
    // U+D7FF is followed by the surrogates, which are not characters.
    if (next <= 0x10ffff) return points.join("") + String.fromCodePoint(next === 0xd800 ? 0xe000 : next);
  }
  return undefined;
}
