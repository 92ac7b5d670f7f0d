import type { Work } from "./work.ts";

/** Bytes that are read, checked or written for one unit of work. */
const BYTES_PER_UNIT = 64;

/** Charges reading, checking or writing so many bytes. @throws {TooManyError} when the work is used up */
export function spendBytes(work: Work, bytes: number, doing: string): void {
  work.spend(Math.ceil(bytes / BYTES_PER_UNIT), doing);
}
