import type { Storage } from "../../src/storage/storage.ts";

/** A process that can be killed at its nth step: from then on nothing it does has an effect. */
export class Stop {
  /** After how many steps it is killed; 0 for never. */
  at = 0;
  steps = 0;

  get isDead(): boolean {
    return this.at > 0 && this.steps >= this.at;
  }

  /** One step is over. @throws when the process is dead, or is killed now */
  step(): void {
    if (!this.isDead) this.steps += 1;
    if (this.isDead) throw new Error("killed");
  }
}

type AnyMethod = (...args: unknown[]) => Promise<unknown>;

/** The same object, of which each of these methods is two steps: before it has an effect, and after. */
export function stopping<T extends object>(object: T, stop: Stop, names: readonly string[]): T {
  return new Proxy(object, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== "function" || !names.includes(String(name))) return value;
      return async (...args: unknown[]) => {
        stop.step();
        const result = await (value as AnyMethod).apply(target, args);
        stop.step();
        return result;
      };
    },
  });
}

/** The same storage in a process that can be killed between any two writes, also within a transaction, and before and after a commit. */
export function stoppingStorage(storage: Storage, stop: Stop): Storage {
  const originals = new WeakMap<object, Storage>();
  const parts = ({ resources, state }: Storage): Pick<Storage, "resources" | "state"> => ({
    resources: {
      ...stoppingCalls(resources, stop, ["insert", "replace", "remove"]),
      members: resources.members && stoppingCalls(resources.members, stop, ["change"]),
    },
    state: stoppingCalls(state, stop, ["put", "delete"]),
  });
  return {
    ...storage,
    ...parts(storage),
    transaction: async (run, options) => {
      stop.step();
      const result = await storage.transaction(async (tx) => {
        const own: Storage = { ...tx, ...parts(tx) };
        originals.set(own, tx);
        const done = await run(own);
        stop.step();
        return done;
      }, options);
      stop.step();
      return result;
    },
    connectionOf: storage.connectionOf && ((tx) => storage.connectionOf?.(tx && originals.get(tx))),
  };
}

/** A storage's objects have no prototype that matters: a copy with some methods replaced. */
function stoppingCalls<T extends object>(object: T, stop: Stop, names: readonly string[]): T {
  const proxy = stopping(object, stop, names);
  return Object.assign({ ...object }, Object.fromEntries(names.map((name) => [name, Reflect.get(proxy, name)])));
}
