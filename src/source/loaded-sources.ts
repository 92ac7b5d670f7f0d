import type { MadeSource } from "./create-source.ts";

/** A source in memory. */
export interface LoadedSource extends MadeSource {
  /** The id that its slug had when it was loaded. */
  readonly id: string;
  /** When the slug was last read, in milliseconds since 1970. */
  checkedAt: number;
}

/** The most slugs without a source that are remembered. */
const MOST_UNKNOWN = 1000;

/** The sources in memory, by slug, and slugs that have none. The one that was not used for the longest time goes first. */
export class LoadedSources {
  private readonly most: number;
  private readonly loaded: Map<string, LoadedSource> = new Map();
  private readonly unknown: Map<string, number> = new Map();

  constructor(most: number) {
    this.most = most;
  }

  get(slug: string): LoadedSource | undefined {
    const found = this.loaded.get(slug);
    if (found === undefined) return undefined;
    this.loaded.delete(slug);
    this.loaded.set(slug, found);
    return found;
  }

  add(slug: string, source: LoadedSource): void {
    this.unknown.delete(slug);
    this.loaded.set(slug, source);
    dropOldest(this.loaded, this.most);
  }

  drop(slug: string): void {
    this.loaded.delete(slug);
    this.unknown.delete(slug);
  }

  /** Notes that a slug has no source now. */
  addUnknown(slug: string, now: number): void {
    this.unknown.delete(slug);
    this.unknown.set(slug, now);
    dropOldest(this.unknown, MOST_UNKNOWN);
  }

  /** When it was noted that a slug has no source. */
  unknownSince(slug: string): number | undefined {
    return this.unknown.get(slug);
  }

  values(): readonly LoadedSource[] {
    return [...this.loaded.values()];
  }
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
