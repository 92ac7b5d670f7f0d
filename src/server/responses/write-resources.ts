import type { StoredResource } from "../../storage/stored-resource.ts";
import { isObject } from "../../values/is-object.ts";
import type { RequestContext } from "../requests/context.ts";
import type { BoundedText } from "./bounded-text.ts";
import { groupTypes } from "./group-types.ts";
import { managersOfAll, withManager } from "./managers.ts";
import { groupsOfAll, type Shown } from "./related.ts";
import { ResourceWriter } from "./resource-writer.ts";

/** The groups of at most so many resources are looked up at once. */
const MOST_RESOURCES = 100;
/** About so many groups are looked up at once, as far as the resources before tell. */
const GROUPS = 20_000;

/**
 * Writes stored resources as the client sees them: projected, with `id` and `meta`, and with members and groups if the
 * projection shows them. There is a comma before each, except the first of the text. It ends when there is no room for the next resource; then
 * nothing more is read.
 *
 * @returns how many resources were written
 * @throws {TooManyError} when the request needs too much work
 * @throws {TypeError} for an invalid row of an application's own storage
 */
export async function writeResources(
  requestContext: RequestContext,
  all: readonly Shown[],
  text: BoundedText,
): Promise<number> {
  const types = groupTypes(requestContext);
  const writer = new ResourceWriter(requestContext, types, text);
  let written = 0;
  let most = MOST_RESOURCES;
  while (written < all.length) {
    const some = all.slice(written, written + most);
    for (const { resource } of some) requireStored(resource);
    const groups = await groupsOfAll(requestContext, some);
    const managers = await managersOfAll(requestContext, some);
    await types.look(groups.values());
    for (const { resource, ...part } of some) {
      const shown = { ...part, resource: withManager(resource, managers) };
      const mark = text.mark();
      const hasRoom = text.pieces.length === 0 || text.add(",");
      if (!hasRoom || !(await writer.write(shown, groups.get(shown.resource.id) ?? []))) {
        text.cutTo(mark);
        return written;
      }
      written += 1;
      await requestContext.work.pause();
    }
    const found = [...groups.values()].reduce((sum, refs) => sum + refs.length, 0);
    most = Math.max(1, Math.min(MOST_RESOURCES, Math.floor((GROUPS * some.length) / Math.max(1, found))));
  }
  return written;
}

/** Refuses an invalid row of an application's own storage, which must not be shown as a resource. */
function requireStored({ id, version, attributes }: Readonly<Partial<StoredResource>>): void {
  if (typeof id === "string" && typeof version === "string" && isObject(attributes)) return;
  throw new TypeError("The storage returned a resource without an id, a version or attributes");
}
