/**
 * What `value` becomes by way of JSON, frozen to the bottom: a copy that neither the giver nor a receiver can change.
 *
 * @throws {TypeError} when it is not JSON data, such as a ring or a BigInt
 */
export function frozenJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => Object.freeze(part));
}
