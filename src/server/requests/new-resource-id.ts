import type { ServerContext } from "./context.ts";

/**
 * An id for a new resource.
 *
 * @throws {TypeError} where the option `newId` makes one that RFC 7643 section 3.1 forbids
 */
export function newResourceId({ newId }: ServerContext): string {
  const id = newId();
  if (id.includes("bulkId")) throw new TypeError("createScimHandler: newId: an id must not contain bulkId");
  return id;
}
