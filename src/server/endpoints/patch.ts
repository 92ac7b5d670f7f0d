import { NotFoundError } from "../../errors/request-errors.ts";
import { applyOperationsInTurns } from "../../patch/apply-operations.ts";
import type { Operation } from "../../patch/dialect.ts";
import { type SplitOperations, splitMembership } from "../../patch/membership.ts";
import type { MembershipChange } from "../../patch/pending-member.ts";
import { type ReadPatch, readPatchRequest } from "../../patch/read-patch-request.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { takeSecrets } from "../../schema/resources/secrets.ts";
import type { MemberRef } from "../../storage/member-storage.ts";
import type { StoredResource } from "../../storage/stored-resource.ts";
import { partitionOf, type RequestContext, secretsToKeep, timestamp } from "../requests/context.ts";
import { tellDialect } from "../requests/tell-dialect.ts";
import type { Write } from "../requests/write.ts";
import { locationOf } from "../responses/location.ts";
import { showWritten } from "../responses/represent.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { carryOut } from "../writes/carry-out.ts";
import { etagOf, isConditional, requireVersion, writeConditionally } from "../writes/conditions.ts";
import { keepsMembersApart, membershipDifference, readAllMembers, withoutMembers } from "../writes/membership.ts";
import { tellWrite } from "../writes/tell-write.ts";
import { type ResourceChange, writeChange } from "../writes/write-change.ts";
import { projectionOf } from "./read.ts";

/**
 * PATCH of a resource (RFC 7644 section 3.5.2).
 *
 * The response is 200 with the resource, but 204 for types with members unless the client asks for attributes: showing
 * a group means reading all of it.
 */
export async function patchResource(
  requestContext: RequestContext,
  type: ResourceType,
  id: string,
): Promise<EndpointResponse> {
  const { context } = requestContext;
  const projection = projectionOf(requestContext, type);
  const request = await readRequest(requestContext, type);
  const split = keepsMembersApart(context.resources, type) ? splitOperations(request) : undefined;
  const patched = await writeConditionally(requestContext, { type, id }, () =>
    split?.rest.length === 0
      ? patchMembers(requestContext, type, id, split.members)
      : patchOnce(requestContext, type, id, { ...request, split }),
  );
  const asked = requestContext.shown.attributes !== undefined || requestContext.shown.excludedAttributes !== undefined;
  if (keepsMembersApart(context.resources, type) && !asked) {
    return { status: 204, headers: { ETag: etagOf(patched.version) } };
  }
  const current = patched.resource ?? (await context.resources.find(partitionOf(requestContext, type), id));
  if (current === undefined) throw new NotFoundError();
  return showWritten(requestContext, type, current, projection);
}

async function readRequest(requestContext: RequestContext, type: ResourceType): Promise<ReadPatch> {
  const { dialect, limits } = requestContext.context;
  const body = await requestContext.body();
  await requestContext.work.pause();
  const request = readPatchRequest(body, type, dialect, {
    maxOperations: limits.maxOperations,
    work: requestContext.work,
  });
  tellDialect(requestContext, request.transforms, request.paths.dropped);
  return request;
}

/** A resource after its PATCH: its version, and the resource itself if it had to be read. */
interface Patched {
  readonly version: string;
  readonly resource: StoredResource | undefined;
}

/** The operations, split into those on members and all others; undefined if the whole group must be read. */
function splitOperations({ operations, paths }: ReadPatch): SplitOperations | undefined {
  const split = splitMembership(operations, paths);
  return split?.rest.some(mayTouchMembers) === true ? undefined : split;
}

/** True in case of doubt: then the whole group is read, which is slow but correct. */
function mayTouchMembers(operation: Operation): boolean {
  if (operation.path !== undefined) return operation.path.toLowerCase().includes("members");
  const { value } = operation;
  if (typeof value !== "object" || value === null) return true;
  return Object.keys(value).some((name) => name.toLowerCase().includes("members"));
}

/** Changes the membership rows directly. The group is read only if the client set a condition on its version. */
async function patchMembers(
  requestContext: RequestContext,
  type: ResourceType,
  id: string,
  members: MembershipChange,
): Promise<Patched> {
  const { context } = requestContext;
  const before = isConditional(requestContext) ? await requireCurrent(requestContext, type, id) : undefined;
  const write: Write = {
    action: "patch",
    principal: requestContext.principal,
    requestId: requestContext.requestId,
    type,
    partition: partitionOf(requestContext, type),
    id,
    before,
    after: undefined,
    members,
    next: { version: context.newId(), lastModified: timestamp(context) },
    secrets: {},
  };
  const outcome = await carryOut(requestContext, write);
  tellWrite(requestContext, write, outcome);
  return { version: outcome.version, resource: undefined };
}

/** The stored resource, if it exists and meets the client's conditions. */
async function requireCurrent(requestContext: RequestContext, type: ResourceType, id: string): Promise<StoredResource> {
  const stored = await requestContext.context.resources.find(partitionOf(requestContext, type), id, {
    work: requestContext.work,
  });
  if (stored === undefined) throw new NotFoundError();
  requireVersion(requestContext, stored.version);
  return stored;
}

async function patchOnce(
  requestContext: RequestContext,
  type: ResourceType,
  id: string,
  request: ReadPatch & { readonly split: SplitOperations | undefined },
): Promise<Patched> {
  const { context } = requestContext;
  const { operations, paths, split } = request;
  const partition = partitionOf(requestContext, type);
  const before = await requireCurrent(requestContext, type, id);
  const identified = { id, ...before.attributes };
  if (!keepsMembersApart(context.resources, type)) {
    const patched = await applyOperationsInTurns(identified, operations, paths);
    return written(requestContext, { ...changeOf(requestContext, type, before, patched), members: undefined });
  }
  if (split !== undefined) {
    const members = split.members.add.length + split.members.remove.length === 0 ? undefined : split.members;
    const patched = await applyOperationsInTurns(identified, split.rest, paths);
    return written(requestContext, { ...changeOf(requestContext, type, before, patched), members });
  }
  const current = await readAllMembers(context.resources, partition, { groupId: id, work: requestContext.work });
  const whole = current.length === 0 ? identified : { ...identified, members: shownMembers(requestContext, current) };
  const after = withoutMembers(await applyOperationsInTurns(whole, operations, paths));
  const members = membershipDifference(current, after.members);
  return written(requestContext, { ...changeOf(requestContext, type, before, after.attributes), members });
}

/** Members as a response shows them, with `$ref`, which a filter of a path can name. */
function shownMembers(requestContext: RequestContext, members: readonly MemberRef[]): Record<string, unknown>[] {
  const { registry, baseUrl } = requestContext.context;
  const types = new Map(registry.types.map((type) => [type.name, type]));
  return members.map((member) => {
    const type = types.get(member.type);
    return type === undefined ? { ...member } : { ...member, $ref: locationOf(baseUrl, type, member.value) };
  });
}

async function written(requestContext: RequestContext, change: ResourceChange): Promise<Patched> {
  const resource = await writeChange(requestContext, change);
  return { version: resource.version, resource };
}

/** The change that the operations result in, without values that must not be stored. */
function changeOf(
  requestContext: RequestContext,
  type: ResourceType,
  before: StoredResource,
  patched: Readonly<Record<string, unknown>>,
): Omit<ResourceChange, "members"> {
  const { id: _, ...rest } = patched;
  const { resource, secrets } = takeSecrets(rest, type);
  return {
    action: "patch",
    type,
    before,
    attributes: resource,
    secrets: secretsToKeep(requestContext.context, secrets),
  };
}
