import type { ResourceType } from "../../schema/attributes/definition.ts";
import { uniqueValues } from "../../schema/resources/unique-values.ts";
import type { StoredResource } from "../../storage/stored-resource.ts";
import { partitionOf, type RequestContext, timestamp } from "../requests/context.ts";
import { newResourceId } from "../requests/new-resource-id.ts";
import type { Write } from "../requests/write.ts";
import { showCreated } from "../responses/represent.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { carryOut } from "../writes/carry-out.ts";
import { keepsMembersApart, uniqueByValue, withoutMembers } from "../writes/membership.ts";
import { readResourceBody } from "../writes/read-resource-body.ts";
import { tellWrite } from "../writes/tell-write.ts";
import { projectionOf } from "./read.ts";

/** POST to a collection (RFC 7644 section 3.3). */
export async function createResource(requestContext: RequestContext, type: ResourceType): Promise<EndpointResponse> {
  const { context } = requestContext;
  const projection = projectionOf(requestContext, type);
  const { resource, secrets } = await readResourceBody(requestContext, type);
  const apart = keepsMembersApart(context.resources, type) ? withoutMembers(resource) : undefined;
  const attributes = apart?.attributes ?? resource;
  const add = uniqueByValue(apart?.members ?? []);
  const now = timestamp(context);
  const restored = await context.seams.restoredId?.(type.name, attributes);
  const stored: StoredResource = {
    // Other operations of a bulk request may know the new id already.
    id: requestContext.newId ?? restored ?? newResourceId(context),
    version: context.newId(),
    created: now,
    lastModified: now,
    attributes,
    unique: uniqueValues(type, attributes),
  };
  const write: Write = {
    action: "create",
    principal: requestContext.principal,
    requestId: requestContext.requestId,
    type,
    partition: partitionOf(requestContext, type),
    id: stored.id,
    before: undefined,
    after: stored,
    restored: restored !== undefined && stored.id === restored,
    members: add.length === 0 ? undefined : { add, remove: [] },
    // Members of a new group do not change its version.
    next: { version: stored.version, lastModified: now },
    secrets,
  };
  tellWrite(requestContext, write, await carryOut(requestContext, write));
  return showCreated(requestContext, type, stored, projection);
}
