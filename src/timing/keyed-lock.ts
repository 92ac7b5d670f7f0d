/** The work that has a key, or will have it next. */
interface Holder {
  readonly released: Promise<void>;
  release(): void;
  /** Others wait from now on. */
  contest(): void;
}

/**
 * Runs one piece of work at a time for each key, in order of arrival. Several keys can be locked together. They are
 * locked in sorted order, so two callers cannot wait for each other.
 */
export class KeyedLock {
  private readonly tails: Map<string, Holder> = new Map();
  private readonly turnMs: number | undefined;

  /**
   * @param turnMs how long others wait for a piece of work, in milliseconds, counted from when the first of them and the
   *   work have both begun. After that the next one runs beside it. @default without end
   */
  constructor({ turnMs }: { readonly turnMs?: number } = {}) {
    this.turnMs = turnMs;
  }

  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const releases: (() => void)[] = [];
    try {
      for (const key of keys.length === 1 ? keys : [...new Set(keys)].sort()) releases.push(await this.take(key));
      return await work();
    } finally {
      for (const release of releases.reverse()) release();
    }
  }

  private async take(key: string): Promise<() => void> {
    const before = this.tails.get(key);
    const { promise: released, resolve } = Promise.withResolvers<void>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let hasBegun = false;
    let isContested = false;
    // A timer is made only where somebody waits: for each write it would cost more than the rest of the lock.
    const limit = (): void => {
      if (!hasBegun || !isContested || timer !== undefined || this.turnMs === undefined) return;
      timer = setTimeout(resolve, this.turnMs);
    };
    const holder: Holder = {
      released,
      release: () => {
        clearTimeout(timer);
        if (this.tails.get(key) === holder) this.tails.delete(key);
        resolve();
      },
      contest: () => {
        isContested = true;
        limit();
      },
    };
    this.tails.set(key, holder);
    if (before !== undefined) {
      before.contest();
      await before.released;
    }
    hasBegun = true;
    limit();
    return holder.release;
  }
}
