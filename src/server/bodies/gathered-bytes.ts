const FIRST_BUFFER = 4096;

/** The chunks of a body in one place, as far as a limit in bytes allows. */
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

  /** Whether more came than the limit allows. */
  get isTooLarge(): boolean {
    return this.isOver;
  }

  /** Takes another chunk; false if it is too much. */
  take(chunk: Uint8Array): boolean {
    const end = this.size + chunk.byteLength;
    if (end > this.limit) {
      this.isOver = true;
      return false;
    }
    // Most bodies come in one chunk, which stays where it is.
    if (this.size === 0) this.buffer = chunk;
    else this.append(chunk, end);
    this.size = end;
    return true;
  }

  /** Copies rather than keeps: a client that sends single bytes would make us hold a chunk for each. */
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
