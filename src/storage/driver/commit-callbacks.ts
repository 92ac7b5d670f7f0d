/** What `Storage.afterCommit` was given in one attempt of a transaction. */
export interface CommitCallbacks {
  readonly add: (callback: () => void) => void;
  /** Calls them in the order they were added, once the transaction has committed. Never throws. */
  readonly call: () => void;
}

/** No callbacks yet. */
export function createCommitCallbacks(): CommitCallbacks {
  const callbacks: (() => void)[] = [];
  return {
    add: (callback) => void callbacks.push(callback),
    call: () => {
      for (const callback of callbacks.splice(0)) void swallowing(callback);
    },
  };
}

/** The commit stands whatever a callback throws, also one that is asynchronous. */
async function swallowing(callback: () => void): Promise<void> {
  try {
    await callback();
  } catch {
    // Nobody waits for it.
  }
}
