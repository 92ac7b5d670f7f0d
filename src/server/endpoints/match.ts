import { NotFoundError } from "../../errors/request-errors.ts";
import { compileResolved } from "../../filter/compile-filter.ts";
import type { ResolvedFilter } from "../../filter/resolved.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { membershipsIn } from "../../storage/driver/membership-paths.ts";
import { filterView, type ViewMemberships } from "../../storage/fallback/filter-view.ts";
import { readListFilter } from "../lists/list-filter.ts";
import { partitionOf, type RequestContext } from "../requests/context.ts";
import { readAllMembers } from "../writes/membership.ts";

/**
 * Checks that a single resource matches the filter of its query (RFC 7644 section 3.4.2).
 *
 * @throws {NotFoundError} if it does not match or does not exist
 * @throws {InvalidFilterError} for an invalid filter
 */
export async function requireMatch(
  requestContext: RequestContext,
  { type, id }: { readonly type: ResourceType; readonly id: string },
  text: string,
): Promise<void> {
  const filter = readListFilter(requestContext, { filter: text, inUri: true }, [type])?.of(type) ?? "all";
  if (filter === "all") return;
  const partition = partitionOf(requestContext, type);
  const stored = filter === "none" ? undefined : await requestContext.context.resources.find(partition, id);
  if (stored === undefined || filter === "none") throw new NotFoundError();
  const memberships = await membershipsFor(filter, requestContext, { type, id });
  const matches = compileResolved(filter, { work: requestContext.work });
  if (!matches(filterView(partition, stored, memberships))) throw new NotFoundError();
}

/** The memberships that the filter needs, if the storage keeps them apart. */
async function membershipsFor(
  filter: ResolvedFilter,
  requestContext: RequestContext,
  { type, id }: { readonly type: ResourceType; readonly id: string },
): Promise<ViewMemberships> {
  const { work } = requestContext;
  const { resources } = requestContext.context;
  if (resources.members === undefined) return {};
  const asked = membershipsIn(filter);
  const groups = asked.has("groups")
    ? await resources.members.groupsOf(requestContext.principal.tenant, [id], { work })
    : undefined;
  return {
    ...(asked.has("members")
      ? { members: await readAllMembers(resources, partitionOf(requestContext, type), { groupId: id, work }) }
      : {}),
    ...(groups === undefined ? {} : { groups: groups.get(id) ?? [] }),
  };
}
