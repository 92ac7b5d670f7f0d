const CHUNK = 65_536;

/**
 * A text in pieces of any length as chunks of at least 64 Ki characters, except the last one, and of at most twice as
 * many. No chunk ends within a character.
 */
export function* textChunks(pieces: Iterable<string>): Generator<string> {
  let waiting: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < CHUNK) continue;
    yield* slices(waiting.length === 1 ? piece : waiting.join(""));
    waiting = [];
    length = 0;
  }
  if (length > 0) yield waiting.join("");
}

function* slices(text: string): Generator<string> {
  let start = 0;
  while (text.length - start >= 2 * CHUNK) {
    const end = endOfCharacter(text, start + CHUNK);
    yield text.slice(start, end);
    start = end;
  }
  yield start === 0 ? text : text.slice(start);
}

/** The index, or the next one if it is in the middle of a surrogate pair. */
function endOfCharacter(text: string, index: number): number {
  const before = text.charCodeAt(index - 1);
  return before >= 0xd800 && before <= 0xdbff ? index + 1 : index;
}
