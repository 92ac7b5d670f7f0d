/** Runs one task at a time, in the order they came; a task that fails does not stop those behind it. */
export type SerialQueue = <T>(task: () => Promise<T>) => Promise<T>;

/** A queue with nothing in it. */
export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
