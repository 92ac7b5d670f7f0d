/** How much a bucket allows. */
export interface BucketOptions {
  /** How many uses are allowed in a second, on average. */
  readonly perSecond: number;
  /** How many are allowed at once, after a pause. */
  readonly atOnce: number;
  readonly now: () => number;
}

/** Allows a number of uses in a second, in this process. */
export class Bucket {
  private readonly options: BucketOptions;
  private left: number;
  private at: number;

  constructor(options: BucketOptions) {
    this.options = options;
    this.left = options.atOnce;
    this.at = options.now();
  }

  /** Takes one use. Returns 0, or how long to wait for the next one in milliseconds if there is none. */
  take(): number {
    const { perSecond, atOnce, now } = this.options;
    const time = now();
    // A clock that goes back adds nothing.
    this.left = Math.min(atOnce, this.left + (Math.max(0, time - this.at) * perSecond) / 1000);
    this.at = time;
    if (this.left < 1) return Math.ceil(((1 - this.left) * 1000) / perSecond);
    this.left -= 1;
    return 0;
  }
}
