import type { AttributePath } from "../../path/tree.ts";
import { splitUrn } from "../../values/split-urn.ts";

/**
 * Splits an attribute path without a filter at its last colon and the first dot after it, as `resolvePath` wants it. Any
 * text has a split; whether it names something is told by looking it up.
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
