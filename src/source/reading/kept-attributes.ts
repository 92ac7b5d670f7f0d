import { sameValue } from "../../patch/equal.ts";
import type { Write } from "../../server/requests/write.ts";

type Attributes = Readonly<Record<string, unknown>>;

/**
 * What an adopted account still keeps after a write: an attribute that the identity provider changes is its own from then
 * on. Undefined if the write changes none of them.
 */
export function releasedBy({ before, after }: Write, kept: Attributes = {}): Attributes | undefined {
  if (before === undefined || after === undefined) return undefined;
  const isKept = ([name]: [string, unknown]): boolean => sameValue(before.attributes[name], after.attributes[name]);
  const left = Object.entries(kept).filter(isKept);
  return left.length === Object.keys(kept).length ? undefined : Object.fromEntries(left);
}

/** The write with the values that an adopted account keeps, as the directory should see them. */
export function withKept(write: Write, kept: Attributes = {}): Write {
  const { before, after } = write;
  return {
    ...write,
    before: before && { ...before, attributes: { ...before.attributes, ...kept } },
    after: after && { ...after, attributes: { ...after.attributes, ...kept } },
  };
}
