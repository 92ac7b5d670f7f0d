/** Passes items from a producer to a consumer; the producer waits until an item is read. */
export interface Channel<T> {
  /** Resolves when the item has been read, or when nobody reads any more. Undefined is not passed on. */
  put(item: T | undefined): Promise<void>;
  /** No further items come, or nobody reads any more. */
  end(): void;
  items(): AsyncGenerator<T, void, undefined>;
}

/** An empty channel. */
export function createChannel<T>(): Channel<T> {
  const waiting: { readonly item: T; readonly taken: () => void }[] = [];
  let isOver = false;
  let wake: () => void = () => {};
  return {
    put: (item) => {
      if (item === undefined || isOver) return Promise.resolve();
      return new Promise<void>((resolve) => {
        waiting.push({ item, taken: resolve });
        wake();
      });
    },
    end: () => {
      isOver = true;
      for (const { taken } of waiting) taken();
      wake();
    },
    items: async function* () {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) {
          next.taken();
          yield next.item;
        } else if (isOver) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}
