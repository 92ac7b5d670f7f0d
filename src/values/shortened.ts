/**
 * A text of a client as an error shows it: the first 64 characters of a name or an id, 120 of a path. Two lengths are
 * allowed and no other, so that `map(shortened)`, which would pass positions, does not compile.
 */
export function shortened(text: string, length: 64 | 120): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
