import type { ResourceStorage, StateStorage, Storage } from "../../src/storage/storage.ts";

/** A process that is killed after a number of steps; from then on, nothing that it does has an effect. */
export class Mortal {
  private left: number;

  constructor(steps: number) {
    this.left = steps;
  }

  get isDead(): boolean {
    return this.left < 0;
  }

  /** One step; it throws if the process is dead by then. */
  step(): void {
    this.left -= 1;
    if (this.left < 0) throw new Error("the process was killed");
  }

  /** The same storage, as this process uses it: it can be killed before and after each operation and each commit. */
  storage(inner: Storage): Storage {
    return {
      ...inner,
      resources: this.resources(inner.resources),
      state: this.state(inner.state),
      transaction: async (run, options) => {
        this.step();
        const result = await inner.transaction(async (tx) => {
          const done = await run({ ...tx, resources: this.resources(tx.resources), state: this.state(tx.state) });
          this.step();
          return done;
        }, options);
        this.step();
        return result;
      },
    };
  }

  /** A function of which the process can be killed before and after each call. */
  around<Given extends unknown[], T>(call: (...given: Given) => Promise<T>): (...given: Given) => Promise<T> {
    return async (...given) => {
      this.step();
      const result = await call(...given);
      this.step();
      return result;
    };
  }

  private resources(inner: ResourceStorage): ResourceStorage {
    return {
      ...inner,
      insert: this.around(inner.insert),
      find: this.around(inner.find),
      replace: this.around(inner.replace),
      remove: this.around(inner.remove),
      members: inner.members && { ...inner.members, change: this.around(inner.members.change) },
    };
  }

  private state(inner: StateStorage): StateStorage {
    return {
      ...inner,
      get: this.around(inner.get),
      put: this.around(inner.put),
      delete: this.around(inner.delete),
    };
  }
}
