import type { StateStorage, Storage } from "scimkit/storage";

/** The process has ended: nothing that it does has any effect from now on. */
export class Dead extends Error {}

/** One life of a process: how many writes to storage it has left. */
export interface Life {
  dead: boolean;
  /** Undefined: it lives on. */
  writesLeft: number | undefined;
}

/** A storage as one process sees it: it may die at any write, before or after that has taken effect. */
export function mortalStorage(storage: Storage, life: Life, diesAfter: () => boolean): Storage {
  const alive = (): void => {
    if (life.dead) throw new Dead("dead");
  };
  const writing = async <T>(write: () => Promise<T>): Promise<T> => {
    alive();
    if (life.writesLeft !== undefined) life.writesLeft -= 1;
    const isLast = life.writesLeft !== undefined && life.writesLeft < 0;
    if (isLast && !diesAfter()) {
      life.dead = true;
      alive();
    }
    const result = await write();
    if (isLast) life.dead = true;
    alive();
    return result;
  };
  const reading = <T>(read: () => Promise<T>): Promise<T> => {
    alive();
    return read();
  };
  const stateOf = (state: StateStorage, isInside: boolean): StateStorage => ({
    get: (collection, keys) => reading(() => state.get(collection, keys)),
    scan: (collection, range) => reading(() => state.scan(collection, range)),
    due: (collection, before, take) => reading(() => state.due(collection, before, take)),
    put: (collection, key, value, options) => {
      const put = () => state.put(collection, key, value, options);
      return isInside ? reading(put) : writing(put);
    },
    delete: (collection, key, expected) => {
      const remove = () => state.delete(collection, key, expected);
      return isInside ? reading(remove) : writing(remove);
    },
  });
  return {
    resources: storage.resources,
    state: stateOf(storage.state, false),
    transaction: (run) =>
      writing(() =>
        storage.transaction((tx) => {
          alive();
          return run({ ...tx, resources: tx.resources, state: stateOf(tx.state, true) });
        }),
      ),
    migrate: () => storage.migrate(),
    close: () => storage.close(),
  };
}
