/** Runs one task at a time, in the order of arrival; a task that fails does not stop the next one. */
export type SerialQueue = <T>(task: () => Promise<T>) => Promise<T>;

/** An empty queue. */
export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
