import { isText } from "../../../schema/attributes/scalar.ts";

/** The first text in binary order after all that begin with `prefix`; undefined if there is none. */
export function prefixEnd(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last >= 0x10ffff) continue;
    // Surrogates are not characters: U+E000 follows U+D7FF.
    return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}

/** The part of `text` before its first character that no database can store. */
function wellFormedPrefix(text: string): string {
  let end = 0;
  for (const character of text) {
    if (!isText(character)) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** A bound that replaces a text: every text in a database is on the same side of both. */
export interface OrderBound {
  readonly operator: "gt" | "ge" | "lt" | "le";
  /** Undefined: after all texts. */
  readonly text: string | undefined;
}

/** The bound for an order comparison with any text, also one that no database can store. */
export function orderBound(operator: OrderBound["operator"], text: string): OrderBound {
  if (isText(text)) return { operator, text };
  const isUpper = operator === "gt" || operator === "ge";
  const prefix = wellFormedPrefix(text);
  const odd = text.charCodeAt(prefix.length);
  // Only the prefix itself comes before the prefix and U+0000; all other texts with the prefix come after.
  if (odd === 0) return { operator: isUpper ? "gt" : "le", text: prefix };
  // A lone high surrogate comes before its pairs, a lone low one after all pairs.
  const bound = odd < 0xdc00 ? prefix + String.fromCharCode(odd, 0xdc00) : prefixEnd(prefix);
  return { operator: isUpper ? "ge" : "lt", text: bound };
}
