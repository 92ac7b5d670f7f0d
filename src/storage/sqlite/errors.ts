import { UnavailableError } from "../../errors/request-errors.ts";

/** What SQLite's primary result codes mean for an operator. See https://sqlite.org/rescode.html. */
const FAULTS: Readonly<Record<number, string>> = {
  5: "The database is locked by another process",
  6: "The database is locked by another process",
  8: "The database cannot be written to",
  10: "The disk of the database cannot be read or written",
  11: "The database file is damaged",
  13: "The disk of the database is full",
  14: "The database file cannot be opened",
  26: "The database file is not a database",
};

const BUSY = 5;
const LOCKED = 6;
const UNIQUE_VIOLATIONS: readonly number[] = [2067, 1555];

/** SQLite's extended result code; `undefined` for an error that is not of SQLite. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode : undefined;
}

/** Whether another connection holds a lock. */
export function isBusy(error: unknown): boolean {
  const primary = (resultCode(error) ?? 0) & 0xff;
  return primary === BUSY || primary === LOCKED;
}

/** Whether a row with this key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return UNIQUE_VIOLATIONS.includes(resultCode(error) ?? 0);
}

/** What SQLite threw as an `UnavailableError` with the original as its cause; everything else as it is. */
export function translateSqliteError(error: unknown): unknown {
  const code = resultCode(error);
  if (code === undefined) return error;
  return new UnavailableError(FAULTS[code & 0xff] ?? "The database failed", { cause: error });
}
