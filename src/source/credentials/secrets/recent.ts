import { isDue } from "../../../timing/due.ts";

/** Options of `Recent`. */
export interface RecentOptions {
  /** How long a value is remembered, in milliseconds. */
  readonly ms: number;
  /** The most values that are remembered; beyond it the oldest is forgotten. */
  readonly most: number;
  readonly now: () => number;
}

/** Remembers values by a text for a while, in this process. */
export class Recent<V> {
  private readonly options: RecentOptions;
  /** Oldest first. */
  private readonly remembered: Map<string, { readonly value: V; readonly until: number }> = new Map();

  constructor(options: RecentOptions) {
    this.options = options;
  }

  get(key: string): V | undefined {
    const { now, ms } = this.options;
    const found = this.remembered.get(key);
    return found === undefined || isDue(found.until, now(), ms) ? undefined : found.value;
  }

  set(key: string, value: V): void {
    const { now, ms, most } = this.options;
    this.remembered.delete(key);
    const [oldest] = this.remembered.keys();
    if (oldest !== undefined && this.remembered.size >= most) this.remembered.delete(oldest);
    this.remembered.set(key, { value, until: now() + ms });
  }
}
