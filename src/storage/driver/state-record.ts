/** Refuses a due time that is no point in time. @throws {TypeError} */
export function checkDueAt(dueAt: number | undefined): void {
  if (dueAt !== undefined && !Number.isFinite(dueAt))
    throw new TypeError("dueAt must be a finite number of milliseconds");
}
