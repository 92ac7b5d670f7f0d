import { TooManyError } from "../../../errors/request-errors.ts";
import type { SqlStatements } from "./session.ts";

/** The error for a query that took longer than `statementTimeoutMs`. */
export function stoppedError({ statementTimeoutMs }: SqlStatements, cause?: unknown): TooManyError {
  return new TooManyError(`The database stopped the query after ${statementTimeoutMs} ms`, { cause });
}
