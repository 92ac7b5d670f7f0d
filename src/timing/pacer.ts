import { yieldTurn } from "./yield-turn.ts";

/** How long tasks may block the process until others get their turn, in milliseconds. */
const PIECE_MS = 5;

/** Options of `createPacer`. */
export interface PacerOptions {
  /** Lets the rest of the process run. @default a timer */
  readonly yieldTurn?: () => Promise<void>;
  /** A clock in milliseconds. @default performance.now */
  readonly clock?: () => number;
}

/**
 * For tasks that do not wait for anything, so that nothing else in the process runs between them. The function that it
 * returns is called before each task. It returns a promise if such tasks have blocked the process for a while: the next
 * one must wait for it.
 */
export function createPacer(options: PacerOptions = {}): () => Promise<void> | undefined {
  const { clock = () => performance.now() } = options;
  const yielded = options.yieldTurn ?? yieldTurn;
  let lastTurn = clock();
  let asked = 0;
  let turn: Promise<void> | undefined;
  return () => {
    const now = clock();
    if (turn !== undefined) return now - asked < PIECE_MS ? undefined : turn;
    // The rest of the process may have run since, without being noticed here: then this promise resolves soon.
    if (now - lastTurn >= PIECE_MS) {
      asked = now;
      turn = yielded().then(() => {
        turn = undefined;
        lastTurn = clock();
      });
    }
    return undefined;
  };
}
