/** Longest piece of a request that an error shows whole, in characters: an error names it, it does not repeat a request. */
const MAX_SHOWN = 64;

/** A text that a client sent as an error shows it. */
export function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
