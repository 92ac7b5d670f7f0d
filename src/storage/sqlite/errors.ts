import { UnavailableError } from "../../errors/request-errors.ts";
import { whyNotOpened } from "./why-not-opened.ts";

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
const CANNOT_OPEN = 14;
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

/** Whether a row with this key exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return UNIQUE_VIOLATIONS.includes(resultCode(error) ?? 0);
}

/**
 * An error of SQLite as an `UnavailableError` whose cause is the original; other errors unchanged. With `file` it says
 * why the file cannot be opened, which SQLite does not.
 */
export function translateSqliteError(error: unknown, file?: string): unknown {
  const code = resultCode(error);
  if (code === undefined) return error;
  const primary = code & 0xff;
  const fault = FAULTS[primary] ?? "The database failed";
  const reason = primary === CANNOT_OPEN && file !== undefined ? whyNotOpened(file) : undefined;
  return new UnavailableError(reason === undefined ? fault : `${fault}: ${reason}`, { cause: error });
}
