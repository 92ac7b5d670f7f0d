import type { Storage } from "../storage.ts";

/** Knows whether a transaction is still running. */
export interface TransactionScope {
  /** @throws {TypeError} once the transaction has ended */
  readonly assertRunning: () => void;
  /** The same function, which throws a `TypeError` once the transaction has ended. */
  readonly whileRunning: <Given>(of: (given: Given) => void) => (given: Given) => void;
  /** Runs the body. When it returns or throws, the transaction has ended. */
  readonly run: <T>(body: () => Promise<T>) => Promise<T>;
  /** The methods that only the whole storage has: inside a transaction each of them throws. */
  readonly refusals: Pick<Storage, "transaction" | "migrate" | "close">;
}

/** The scope of a new transaction. */
export function createTransactionScope(): TransactionScope {
  let ended = false;
  const refuse = (what: string) => async (): Promise<never> => {
    throw new TypeError(`${what} inside a transaction`);
  };
  const assertRunning = (): void => {
    if (ended) throw new TypeError("The transaction has ended; nothing can be read or written through it");
  };
  return {
    assertRunning,
    whileRunning: (of) => (given) => {
      assertRunning();
      of(given);
    },
    run: async (body) => {
      try {
        return await body();
      } finally {
        ended = true;
      }
    },
    refusals: {
      transaction: refuse("A transaction cannot be begun"),
      migrate: refuse("The storage cannot be migrated"),
      close: refuse("The storage cannot be closed"),
    },
  };
}
