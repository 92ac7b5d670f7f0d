/** Counts work in progress, so that callers can wait until it has ended. */
export class WorkInProgress {
  private running = 0;
  private change: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Whether no work is running. */
  get isNone(): boolean {
    return this.running === 0;
  }

  /** Resolves when work begins or ends the next time. */
  changed(): Promise<void> {
    return this.change.promise;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.count(1);
    try {
      return await work();
    } finally {
      this.count(-1);
    }
  }

  private count(step: number): void {
    this.running += step;
    this.change.resolve();
    this.change = Promise.withResolvers();
  }
}
