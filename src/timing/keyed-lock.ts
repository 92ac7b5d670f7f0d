/**
 * Runs one piece of work at a time for each key, in order of arrival. Several keys can be locked together. They are
 * locked in sorted order, so two callers cannot wait for each other.
 */
export class KeyedLock {
  private readonly tails: Map<string, Promise<void>> = new Map();

  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const releases: (() => void)[] = [];
    try {
      for (const key of [...new Set(keys)].sort()) releases.push(await this.take(key));
      return await work();
    } finally {
      for (const release of releases.reverse()) release();
    }
  }

  private async take(key: string): Promise<() => void> {
    const before = this.tails.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.tails.set(key, promise);
    await before;
    return () => {
      if (this.tails.get(key) === promise) this.tails.delete(key);
      resolve();
    };
  }
}
