import type { LoggedRequest } from "./request-record.ts";

/** How many requests a stored record holds. */
export const PAGE = 25;

/** A record to be stored. */
export interface UnstoredPage {
  readonly key: string;
  readonly slot: number;
  readonly entries: readonly LoggedRequest[];
}

/** The latest requests of one kind in pages of 25. The newest page replaces the oldest. */
export class RecentRequests {
  private readonly name: string;
  private readonly slots: number;
  /** Pages that are not stored as they are now, the oldest first, by their slots. */
  private readonly unstored: Map<number, readonly LoggedRequest[]> = new Map();
  private page: readonly LoggedRequest[] = [];
  private slot = 0;

  constructor(name: string, entries: number) {
    this.name = name;
    this.slots = Math.ceil(entries / PAGE);
  }

  /** Whether a full page is not stored yet. */
  get isFull(): boolean {
    return this.unstored.size > 1 || this.page.length >= PAGE;
  }

  add(entry: LoggedRequest): void {
    if (this.page.length >= PAGE) {
      this.slot = (this.slot + 1) % this.slots;
      this.page = [];
    }
    this.page = [...this.page, entry];
    // The slot becomes the newest, also where the page that had it was not stored.
    this.unstored.delete(this.slot);
    this.unstored.set(this.slot, this.page);
  }

  /** The pages to store now. */
  take(): UnstoredPage[] {
    const pages = [...this.unstored].map(([slot, entries]) => ({ key: `${this.name}/${slot}`, slot, entries }));
    this.unstored.clear();
    return pages;
  }

  /** Takes back pages that could not be stored. One whose slot has a newer page is dropped. */
  putBack(pages: readonly UnstoredPage[]): void {
    const newer = [...this.unstored];
    this.unstored.clear();
    for (const { slot, entries } of pages) this.unstored.set(slot, entries);
    for (const [slot, entries] of newer) this.unstored.set(slot, entries);
  }
}
