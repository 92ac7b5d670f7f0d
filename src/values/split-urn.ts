/** The two parts of a text such as `urn:…:User:userName`. */
export interface UrnParts {
  /** The part before the last colon; undefined if there is no colon. */
  readonly urn: string | undefined;
  /** The part after the last colon, or the whole text. */
  readonly name: string;
}

/** Splits a text at its last colon: URNs have colons themselves, names of attributes do not. */
export function splitUrn(text: string): UrnParts {
  // Most texts have no colon. Searching from the front shows that much sooner.
  if (!text.includes(":")) return { urn: undefined, name: text };
  const colon = text.lastIndexOf(":");
  return { urn: text.slice(0, colon), name: text.slice(colon + 1) };
}
