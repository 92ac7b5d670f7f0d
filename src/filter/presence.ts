/**
 * Whether a value that is not null counts as present (`pr`, RFC 7644 section 3.4.2.2). An empty string does; an object
 * or a list does if it contains anything other than null, `[]` and `{}`.
 */
export function isPresent(value: unknown): boolean {
  return typeof value !== "object" || holds(value, (inner) => typeof inner !== "object" || holds(inner, () => true));
}

/** Whether an own member that is not null satisfies `test`. */
function holds(container: object | null, test: (member: unknown) => boolean): boolean {
  for (const key in container) {
    if (!Object.hasOwn(container, key)) continue;
    const member = (container as Record<string, unknown>)[key];
    if (member !== undefined && member !== null && test(member)) return true;
  }
  return false;
}
