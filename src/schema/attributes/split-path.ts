import type { AttributePath } from "../../path/tree.ts";
import { splitUrn } from "../../values/split-urn.ts";

/**
 * Splits an attribute path without a filter at its last colon and the first dot after it, as `resolvePath` needs it.
 * Every text can be split; only a look-up tells whether it names something.
 */
export function splitPath(text: string): AttributePath {
  const { urn: schema, name } = splitUrn(text);
  const dot = name.indexOf(".");
  return {
    schema,
    attribute: dot === -1 ? name : name.slice(0, dot),
    sub: dot === -1 ? undefined : name.slice(dot + 1),
    position: 0,
  };
}
