import { TooManyError, UnavailableError } from "../../errors/request-errors.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { needsAttribute, type Projection } from "../../schema/resources/project.ts";
import type { StoredResource } from "../../storage/stored-resource.ts";
import { createWork } from "../../work/work.ts";
import type { RequestContext } from "../requests/context.ts";
import { etagOf } from "../writes/conditions.ts";
import { keepsMembersApart, membersAttribute } from "../writes/membership.ts";
import { BoundedText } from "./bounded-text.ts";
import { locationOf } from "./location.ts";
import type { Shown } from "./related.ts";
import type { EndpointResponse } from "./respond.ts";
import { writeResources } from "./write-resources.ts";

/** The response headers of a resource: its `meta.location` and `meta.version` (RFC 7643 section 3.1). */
export function headersOf(
  requestContext: RequestContext,
  type: ResourceType,
  stored: StoredResource,
): Readonly<Record<string, string>> {
  const location = locationOf(requestContext.context.baseUrl, type, stored.id);
  return { "Content-Location": location, ETag: etagOf(stored.version) };
}

/** The response that shows one resource. @throws {TooManyError} when it is larger than `maxResponseBytes` */
export async function showResource(
  requestContext: RequestContext,
  type: ResourceType,
  stored: StoredResource,
  projection: Projection,
): Promise<EndpointResponse> {
  const text = responseText(requestContext);
  const written = await writeResources(requestContext, [{ part: { type, projection }, resource: stored }], text);
  if (written === 0) throw tooLargeToShow(requestContext);
  return { status: 200, text: text.pieces, headers: headersOf(requestContext, type, stored) };
}

/** The error for a single resource that is larger than a response may be. */
export function tooLargeToShow({ context }: RequestContext): TooManyError {
  const { maxResponseBytes } = context.limits;
  return new TooManyError(
    `The resource has more than ${maxResponseBytes} bytes: use excludedAttributes to leave out attributes such as members and groups`,
  );
}

/**
 * The 200 that shows a resource just written. If the resource is too large to show, its members and groups are left out:
 * an error would be wrong, since the write was done.
 */
export function showWritten(
  requestContext: RequestContext,
  type: ResourceType,
  stored: StoredResource,
  projection: Projection,
): Promise<EndpointResponse> {
  return showDone(requestContext, { part: { type, projection }, resource: stored });
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
  const leftOut = isKnownBefore ? [] : (["groups"] as const);
  const { text, headers } = await showDone(requestContext, { part: { type, projection }, resource: stored, leftOut });
  const location = locationOf(requestContext.context.baseUrl, type, stored.id);
  return { status: 201, text, headers: { ...headers, Location: location } };
}

async function showDone(requestContext: RequestContext, shown: Shown): Promise<EndpointResponse> {
  const { work } = requestContext;
  const free = { ...requestContext, work: createWork({ signal: work.signal }) };
  const headers = headersOf(requestContext, shown.part.type, shown.resource);
  const text = responseText(free);
  if (await hasRoom(() => writeResources(free, [shown], text))) return { status: 200, text: text.pieces, headers };
  const shorter = new BoundedText(Number.POSITIVE_INFINITY);
  await writeResources(free, [{ ...shown, leftOut: ["groups", "members"] }], shorter);
  return { status: 200, text: shorter.pieces, headers };
}

/** Whether something was written. What other responses leave no memory for is not written, and no error after a write. */
async function hasRoom(write: () => Promise<number>): Promise<boolean> {
  try {
    return (await write()) > 0;
  } catch (error) {
    if (error instanceof UnavailableError) return false;
    throw error;
  }
}

/** An empty text for a response to this request. Its `add` throws an `UnavailableError` beyond `maxUnsentBytes`. */
export function responseText({ context, principal, unsent }: RequestContext): BoundedText {
  return new BoundedText(context.limits.maxResponseBytes, (bytes) => unsent.add(principal.tenant, bytes));
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
