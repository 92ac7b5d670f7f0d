import type { ResourceType } from "../../schema/attributes/definition.ts";
import { needsAttribute, type Projection, project } from "../../schema/resources/project.ts";
import type { GroupRef, MemberRef, StoredResource } from "../../storage/storage.ts";
import { isObject } from "../../values/is-object.ts";
import { partitionOf, type RequestContext } from "../requests/context.ts";
import { etagOf } from "../writes/conditions.ts";
import { groupsAttribute, keepsMembersApart, membersAttribute, readAllMembers } from "../writes/membership.ts";
import { groupTypes } from "./group-types.ts";
import type { EndpointResponse } from "./respond.ts";

/** The URL of a resource (RFC 7643 section 3.1). */
export function locationOf(baseUrl: string, type: ResourceType, id: string): string {
  return `${baseUrl}${type.endpoint}/${encodeURIComponent(id)}`;
}

/**
 * Stored resources as the client sees them: projected, with `id` and `meta`, and with members and groups if the
 * projection shows them.
 */
export async function represent(
  requestContext: RequestContext,
  type: ResourceType,
  stored: readonly StoredResource[],
  projection: Projection,
): Promise<Record<string, unknown>[]> {
  for (const resource of stored) requireStored(resource);
  return show(requestContext, type, stored, {
    projection,
    groups: await groupsOfAll(requestContext, type, stored, projection),
  });
}

type GroupsById = ReadonlyMap<string, readonly GroupRef[]>;

async function show(
  requestContext: RequestContext,
  type: ResourceType,
  stored: readonly StoredResource[],
  { projection, groups }: { readonly projection: Projection; readonly groups: GroupsById },
): Promise<Record<string, unknown>[]> {
  const groupType = await groupTypes(requestContext, groups);
  const results: Record<string, unknown>[] = [];
  for (const resource of stored) {
    const members = await membersOf(requestContext, type, resource, projection);
    const whole = assemble(requestContext, type, resource, {
      members,
      groups: groups.get(resource.id) ?? [],
      groupType,
    });
    results.push(project(whole, type, projection));
  }
  return results;
}

/** The response headers of a resource: its `meta.location` and `meta.version` (RFC 7643 section 3.1). */
export function headersOf(
  requestContext: RequestContext,
  type: ResourceType,
  stored: StoredResource,
): Readonly<Record<string, string>> {
  const location = locationOf(requestContext.context.baseUrl, type, stored.id);
  return { "Content-Location": location, ETag: etagOf(stored.version) };
}

/** The response that shows one resource. */
export async function showResource(
  requestContext: RequestContext,
  type: ResourceType,
  stored: StoredResource,
  projection: Projection,
): Promise<EndpointResponse> {
  const [body] = await represent(requestContext, type, [stored], projection);
  return { status: 200, body, headers: headersOf(requestContext, type, stored) };
}

/**
 * The 201 that shows a resource just created. Its groups are not looked up: a group can have a member that does not exist
 * yet only where unknown members are accepted.
 */
export async function showCreated(
  requestContext: RequestContext,
  type: ResourceType,
  stored: StoredResource,
  projection: Projection,
): Promise<EndpointResponse> {
  const isKnownBefore = requestContext.context.unknownMembers === "accept";
  const groups = isKnownBefore
    ? await groupsOfAll(requestContext, type, [stored], projection)
    : new Map<string, GroupRef[]>();
  const [body] = await show(requestContext, type, [stored], { projection, groups });
  const location = locationOf(requestContext.context.baseUrl, type, stored.id);
  return { status: 201, body, headers: { ...headersOf(requestContext, type, stored), Location: location } };
}

/** Top-level attributes of this type that a storage need not read for this projection. */
export function omittedAttributes(
  requestContext: RequestContext,
  type: ResourceType,
  projection: Projection,
): readonly string[] {
  if (keepsMembersApart(requestContext.context.resources, type)) return [];
  return membersAttribute(type) !== undefined && !needsAttribute(projection, "members") ? ["members"] : [];
}

async function groupsOfAll(
  requestContext: RequestContext,
  type: ResourceType,
  stored: readonly StoredResource[],
  projection: Projection,
): Promise<GroupsById> {
  const { members } = requestContext.context.resources;
  const wanted = groupsAttribute(type) !== undefined && needsAttribute(projection, "groups");
  if (members === undefined || !wanted || stored.length === 0) return new Map();
  return members.groupsOf(
    requestContext.principal.tenant,
    stored.map((resource) => resource.id),
  );
}

async function membersOf(
  requestContext: RequestContext,
  type: ResourceType,
  resource: StoredResource,
  projection: Projection,
): Promise<MemberRef[]> {
  const { resources } = requestContext.context;
  if (!keepsMembersApart(resources, type) || !needsAttribute(projection, "members")) return [];
  return readAllMembers(resources, partitionOf(requestContext, type), resource.id);
}

/** Refuses an invalid row of an application's own storage, which must not be shown as a resource. */
function requireStored({ id, version, attributes }: Readonly<Partial<StoredResource>>): void {
  if (typeof id === "string" && typeof version === "string" && isObject(attributes)) return;
  throw new TypeError("The storage returned a resource without an id, a version or attributes");
}

function assemble(
  requestContext: RequestContext,
  type: ResourceType,
  stored: StoredResource,
  related: {
    readonly members: readonly MemberRef[];
    readonly groups: readonly GroupRef[];
    readonly groupType: (id: string) => ResourceType | undefined;
  },
): Record<string, unknown> {
  const { baseUrl, registry } = requestContext.context;
  const refTo = (target: ResourceType | undefined, id: string): string | undefined =>
    target && locationOf(baseUrl, target, id);
  const members = related.members.map((member) => {
    return { ...member, $ref: refTo(registry.byName(member.type), member.value) };
  });
  const groups = related.groups.map((group) => ({
    ...group,
    $ref: refTo(related.groupType(group.value), group.value),
  }));
  return {
    ...stored.attributes,
    id: stored.id,
    ...(members.length === 0 ? {} : { members }),
    ...(groups.length === 0 ? {} : { groups }),
    meta: {
      resourceType: type.name,
      created: stored.created,
      lastModified: stored.lastModified,
      location: locationOf(baseUrl, type, stored.id),
      version: etagOf(stored.version),
    },
  };
}
