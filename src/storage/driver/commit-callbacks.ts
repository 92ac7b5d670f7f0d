/** The callbacks that one attempt of a transaction gave to `Storage.afterCommit`. */
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

/** The transaction is committed already, so errors of a callback are ignored, also of an asynchronous one. */
async function swallowing(callback: () => void): Promise<void> {
  try {
    await callback();
  } catch {
    // Ignored, as `Storage.afterCommit` says.
  }
}
