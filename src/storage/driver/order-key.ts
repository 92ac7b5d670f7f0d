import type { ComparisonKey } from "../../filter/comparison-key.ts";

const SIGN = 0x8000_0000;

/**
 * A number as a text that sorts as the number does, and is the same exactly for the same number: the bits of the
 * double, so that no database has to read decimals. `-0` is `0`.
 */
export function numberKey(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value === 0 ? 0 : value);
  const high = view.getUint32(0);
  const isNegative = high >= SIGN;
  return hex(isNegative ? ~high : high ^ SIGN) + hex(isNegative ? ~view.getUint32(4) : view.getUint32(4));
}

function hex(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, "0");
}

/**
 * A key of the filters as a text in binary order: numbers and instants by their bits, strings and booleans unchanged.
 */
export function orderKey(key: ComparisonKey): string {
  return typeof key === "number" ? numberKey(key) : String(key);
}
