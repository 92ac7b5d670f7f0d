/** The most values that one statement writes or looks for: SQLite holds up the process for the whole statement. */
const CHUNK = 5000;

/** The values in groups that one statement takes each. */
export function* inChunks<Value>(values: readonly Value[]): Generator<readonly Value[]> {
  for (let start = 0; start < values.length; start += CHUNK) yield values.slice(start, start + CHUNK);
}
