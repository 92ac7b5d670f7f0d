import { InvalidValueError, UnavailableError } from "../../errors/request-errors.ts";

/** What SQLSTATE codes mean for an operator. See https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const FAULTS: Readonly<Record<string, string>> = {
  "25006": "The database is read-only: a replica, or set to be",
  "25P03": "The database ended a transaction that was idle for too long",
  "25P02": "The database has aborted the transaction",
  "25P04": "The database ended a transaction that took too long",
  "26000": "The database does not know a prepared statement; behind a pooler, set preparedStatements to false",
  "28000": "The database refuses this user",
  "28P01": "The database refuses this user or password",
  "3D000": "The database does not exist",
  "3F000": "The schema of the storage's tables does not exist",
  "40001": "Too many others write the same at once",
  "40P01": "Too many others write the same at once",
  "42501": "The database's user lacks a permission",
  "42703": "The storage's tables have been changed",
  "42P01": "The storage's tables are missing",
  "42P05": "The database knows a prepared statement already; behind a pooler, set preparedStatements to false",
  "53100": "The disk of the database is full",
  "53200": "The database has no memory left",
  "53300": "The database takes no more connections",
  "55P03": "The database waited too long for a lock",
  "57014": "The database cancelled a statement, or it took too long",
  "57P01": "The database ended the connection",
  "57P02": "The database has crashed and recovers",
  "57P03": "The database is starting or shutting down",
  "57P05": "The database ended a connection that was idle for too long",
  XX001: "The database is damaged",
  XX002: "The database is damaged",
};

/** The message of the error after a wait for a connection of the pool that is too long. */
export const NO_CONNECTION = "No connection became free in time";

/** Errors of Node for a connection that cannot be made, or is lost. */
const CONNECTION_FAULTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "The database refuses connections",
  ENOENT: "The database's socket does not exist",
  ENOTFOUND: "The database's host is not known",
  EAI_AGAIN: "The database's host is not known for now",
  EHOSTUNREACH: "The database's host cannot be reached",
  ENETUNREACH: "The database's host cannot be reached",
  ETIMEDOUT: "The database does not respond",
};

/** What can never be stored. */
const REFUSALS: Readonly<Record<string, string>> = {
  "22021": "Text with U+0000 cannot be stored",
  "22P05": "Text with U+0000 cannot be stored",
  "54000": "A value is too long to be found by",
};

const NO_TRANSACTION = "25P01";

/** A failure of the connection rather than an error of PostgreSQL. The connection cannot be used any more. */
export class ConnectionFault extends Error {
  override readonly name: string = "ConnectionFault";
  /** The operation that failed. If COMMIT was sent, it is unknown whether the transaction was committed. */
  readonly during: "connecting" | "working" | "committing";

  constructor(during: ConnectionFault["during"], cause: unknown) {
    super("The connection to PostgreSQL failed", { cause });
    this.during = during;
  }
}

/** A transaction that PostgreSQL rolled back at COMMIT, since a statement in it had failed. */
export class AbortedTransaction extends Error {
  override readonly name: string = "AbortedTransaction";
}

/** The SQLSTATE of an error of PostgreSQL; `undefined` for every other error. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("severity" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether a row with this key exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlState(error) === "23505";
}

/** Whether the error is a conflict with another transaction: repeated as a whole, this one can succeed. */
export function isConflict(error: unknown): boolean {
  const state = sqlState(error);
  return state === "40001" || state === "40P01";
}

/** Whether the error is a timeout for a lock. */
export function isLockTimeout(error: unknown): boolean {
  return sqlState(error) === "55P03";
}

/** Whether PostgreSQL cancelled a statement: it took too long, or a cancellation was requested. */
export function isStopped(error: unknown): boolean {
  return sqlState(error) === "57014";
}

/** Whether an open connection was lost: a new one may work. Not for a server that rejects connections. */
export function isLostConnection(error: unknown): boolean {
  if (error instanceof ConnectionFault) {
    return error.during === "working" || (error.during === "connecting" && nodeCode(error.cause) === "ECONNRESET");
  }
  const state = sqlState(error) ?? "";
  return state.startsWith("08") || ["57P01", "57P02", "57P03", "57P05", "25P03"].includes(state);
}

/**
 * An error of PostgreSQL or of the connection, as an `UnavailableError` whose cause is the original; other errors
 * unchanged.
 */
export function translatePostgresError(error: unknown): unknown {
  if (error instanceof ConnectionFault) return unavailable(connectionFault(error), error.cause);
  if (error instanceof AbortedTransaction) return unavailable("The database has aborted the transaction", error);
  const state = sqlState(error);
  if (state === undefined) return error;
  if (state === NO_TRANSACTION) return new TypeError("within: the connection is in no transaction", { cause: error });
  const refusal = REFUSALS[state];
  if (refusal !== undefined) return new InvalidValueError(refusal, { cause: error });
  return unavailable(FAULTS[state] ?? "The database failed", error);
}

function connectionFault({ cause, during }: ConnectionFault): string {
  if (during === "committing")
    return "The connection to the database was lost: it is unknown whether the write took effect";
  if (during === "working") return "The connection to the database was lost";
  // The error of pg's pool when all of its connections are in use for too long.
  if (cause instanceof Error && cause.message.startsWith("timeout exceeded")) return NO_CONNECTION;
  return CONNECTION_FAULTS[nodeCode(cause) ?? ""] ?? "The database cannot be reached";
}

function unavailable(fault: string, cause: unknown): UnavailableError {
  return new UnavailableError(fault, { cause });
}

function nodeCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
