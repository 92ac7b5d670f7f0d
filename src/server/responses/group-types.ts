import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { GroupRef } from "../../storage/storage.ts";
import { partitionOf, type RequestContext } from "../requests/context.ts";
import { keepsMembersApart } from "../writes/membership.ts";

/**
 * The types of the groups that resources belong to. If only one type has members, as Group by default, no look-up is
 * needed; if several have, each group is looked up once.
 */
export async function groupTypes(
  requestContext: RequestContext,
  groups: ReadonlyMap<string, readonly GroupRef[]>,
): Promise<(id: string) => ResourceType | undefined> {
  if ([...groups.values()].every((refs) => refs.length === 0)) return () => undefined;
  const { registry, resources } = requestContext.context;
  const [only, ...others] = registry.types.filter((type) => keepsMembersApart(resources, type));
  if (only === undefined || others.length === 0) return () => only;
  const found = new Map<string, ResourceType>();
  const ids = new Set([...groups.values()].flatMap((refs) => refs.map(({ value }) => value)));
  for (const id of ids) {
    for (const type of [only, ...others]) {
      if ((await resources.find(partitionOf(requestContext, type), id)) === undefined) continue;
      found.set(id, type);
      break;
    }
  }
  return (id) => found.get(id);
}
