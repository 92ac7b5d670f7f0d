import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { GroupRef } from "../../storage/member-storage.ts";
import { partitionOf, type RequestContext } from "../requests/context.ts";
import { keepsMembersApart } from "../writes/membership.ts";

/** The types of the groups that resources belong to. */
export interface GroupTypes {
  /** Finds the types of these groups. */
  look(groups: Iterable<readonly GroupRef[]>): Promise<void>;
  /** The type of a group that was found. */
  of(id: string): ResourceType | undefined;
}

/**
 * The types of groups. If only one type has members, as Group by default, no look-up is needed; if several have, each
 * group is looked up once.
 */
export function groupTypes(requestContext: RequestContext): GroupTypes {
  const { registry, resources } = requestContext.context;
  const types = registry.types.filter((type) => keepsMembersApart(resources, type));
  const [only, ...others] = types;
  if (only === undefined || others.length === 0) return { look: async () => {}, of: () => only };
  const found = new Map<string, ResourceType | undefined>();
  const typeOf = async (id: string): Promise<ResourceType | undefined> => {
    for (const type of types) {
      if ((await resources.find(partitionOf(requestContext, type), id)) !== undefined) return type;
    }
    return undefined;
  };
  return {
    look: async (groups) => {
      for (const refs of groups) {
        for (const { value } of refs) if (!found.has(value)) found.set(value, await typeOf(value));
      }
    },
    of: (id) => found.get(id),
  };
}
