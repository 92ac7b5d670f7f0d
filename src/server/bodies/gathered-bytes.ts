const FIRST_BUFFER = 4096;

/** Collects the chunks of a body in one buffer, up to a limit in bytes. */
export class GatheredBytes {
  private readonly limit: number;
  private buffer: Uint8Array = new Uint8Array();
  /** Whether the buffer was made here, so that it can be written to. */
  private isOwn = false;
  private size = 0;
  private isOver = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.size);
  }

  /** Whether the body is larger than the limit. */
  get isTooLarge(): boolean {
    return this.isOver;
  }

  /** Adds a chunk; false if the body is too large. */
  take(chunk: Uint8Array): boolean {
    const end = this.size + chunk.byteLength;
    if (end > this.limit) {
      this.isOver = true;
      return false;
    }
    // Most bodies come in one chunk, which need not be copied.
    if (this.size === 0) this.buffer = chunk;
    else this.append(chunk, end);
    this.size = end;
    return true;
  }

  /**
   * Copies chunks instead of keeping them: a client that sends single bytes would make us keep a chunk for each byte.
   */
  private append(chunk: Uint8Array, end: number): void {
    if (!this.isOwn || this.buffer.byteLength < end) {
      const larger = new Uint8Array(Math.max(end, 2 * this.size, FIRST_BUFFER));
      larger.set(this.bytes);
      this.buffer = larger;
      this.isOwn = true;
    }
    this.buffer.set(chunk, this.size);
  }
}
