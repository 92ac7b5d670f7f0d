import { DisconnectedError, TooManyError } from "../errors/request-errors.ts";
import { yieldTurn } from "../timing/yield-turn.ts";

/** How long a loop may run before others get their turn, in milliseconds. */
const PIECE_MS = 10;

/**
 * The work that one request may still cause. Everything that loops over data that a client chose charges it: filters,
 * PATCH, sorting, bulk, projection, writing, and storage drivers.
 *
 * One unit is about the work of comparing one short value, 50 nanoseconds.
 */
export interface Work {
  /** Aborts when nobody waits for the result any more. */
  readonly signal: AbortSignal | undefined;
  /** The units that have been spent. */
  readonly spent: number;
  /** The units that are left; 0 when the budget is used up. */
  readonly left: number;
  /**
   * Takes `units` off the budget. `doing` completes the sentence "The request needs too much work for …".
   *
   * @throws {TooManyError} when the budget is used up
   */
  spend(units: number, doing: string): void;
  /**
   * Lets other requests run, if this one has run for a while: to be awaited in long loops. Returns undefined, which
   * needs no `await`, if it is not time yet.
   *
   * @throws {DisconnectedError} when nobody waits for the result any more
   */
  pause(): Promise<void> | undefined;
}

/** Options of `createWork`. */
export interface WorkOptions {
  /** The units that may be spent. @default unlimited */
  readonly limit?: number;
  readonly signal?: AbortSignal | undefined;
  /** A clock in milliseconds, for `pause`. @default performance.now */
  readonly clock?: () => number;
}

/** The budget of one request. */
export function createWork(options: WorkOptions = {}): Work {
  const { limit = Number.POSITIVE_INFINITY, signal, clock = () => performance.now() } = options;
  let spent = 0;
  let turn = clock();
  const resume = async (): Promise<void> => {
    await yieldTurn();
    turn = clock();
    throwIfDisconnected(signal);
  };
  return {
    signal,
    get spent() {
      return spent;
    },
    get left() {
      return Math.max(0, limit - spent);
    },
    spend: (units, doing) => {
      spent += units;
      if (spent > limit) throw new TooManyError(`The request needs too much work for ${doing}`);
    },
    pause: () => {
      throwIfDisconnected(signal);
      return clock() - turn < PIECE_MS ? undefined : resume();
    },
  };
}

/** @throws {DisconnectedError} when the signal is aborted */
export function throwIfDisconnected(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new DisconnectedError(undefined, { cause: signal.reason });
}
