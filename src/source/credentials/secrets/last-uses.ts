import { isDue } from "../../../timing/due.ts";
import { WorkInProgress } from "../../../timing/work-in-progress.ts";
import { yieldTurn } from "../../../timing/yield-turn.ts";

/** How exactly the last use of a token is known, in milliseconds. */
const STEP_MS = 60_000;

/** What recording the last use of tokens needs. */
export interface LastUsesOptions {
  readonly now: () => number;
  /** Called with the reason why a use could not be stored. */
  readonly onFailure: (error: unknown) => Promise<void>;
}

/**
 * Records when tokens were last used: at most once a minute, and after the response. A request does not wait for it and
 * does not fail because of it, so that reads work while the storage cannot be written.
 */
export class LastUses {
  private readonly options: LastUsesOptions;
  private readonly work: WorkInProgress = new WorkInProgress();
  /** Tokens whose use is being recorded. */
  private readonly recording: Set<string> = new Set();
  private failedAt: number = Number.NEGATIVE_INFINITY;

  constructor(options: LastUsesOptions) {
    this.options = options;
  }

  /** Notes that the token is used now. `lastUsed` is what is stored; `store` stores another time, in ISO 8601. */
  note(tokenId: string, lastUsed: string | undefined, store: (time: string) => Promise<void>): void {
    const now = this.options.now();
    const stored = lastUsed === undefined ? Number.NEGATIVE_INFINITY : Date.parse(lastUsed);
    if (isRecent(stored, now) || isRecent(this.failedAt, now) || this.recording.has(tokenId)) return;
    this.recording.add(tokenId);
    void this.work.run(() => this.record(tokenId, () => store(new Date(now).toISOString())));
  }

  /** Resolves when all uses that were noted are recorded. */
  async idle(): Promise<void> {
    while (!this.work.isNone) await this.work.changed();
  }

  private async record(tokenId: string, store: () => Promise<void>): Promise<void> {
    try {
      await yieldTurn();
      await store();
    } catch (error) {
      this.failedAt = this.options.now();
      await this.options.onFailure(error);
    } finally {
      this.recording.delete(tokenId);
    }
  }
}

/** Whether it was less than a minute ago. */
function isRecent(time: number, now: number): boolean {
  return !isDue(time + STEP_MS, now, STEP_MS);
}
