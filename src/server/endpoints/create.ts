import type { ResourceType } from "../../schema/attributes/definition.ts";
import { uniqueValues } from "../../schema/resources/unique-values.ts";
import type { StoredResource } from "../../storage/storage.ts";
import { type Exchange, partitionOf, timestamp } from "../requests/context.ts";
import { newResourceId } from "../requests/new-resource-id.ts";
import type { Write } from "../requests/write.ts";
import { showCreated } from "../responses/represent.ts";
import type { Answer } from "../responses/respond.ts";
import { carryOut } from "../writes/carry-out.ts";
import { keepsMembersApart, uniqueByValue, withoutMembers } from "../writes/membership.ts";
import { readResourceBody } from "../writes/read-resource-body.ts";
import { tellWrite } from "../writes/tell-write.ts";
import { projectionOf } from "./read.ts";

/** POST to a collection (RFC 7644 section 3.3). */
export async function createResource(exchange: Exchange, type: ResourceType): Promise<Answer> {
  const { context } = exchange;
  const projection = projectionOf(exchange, type);
  const { resource, secrets } = await readResourceBody(exchange, type);
  const apart = keepsMembersApart(context.resources, type) ? withoutMembers(resource) : undefined;
  const attributes = apart?.attributes ?? resource;
  const add = uniqueByValue(apart?.members ?? []);
  const now = timestamp(context);
  const stored: StoredResource = {
    id: exchange.newId ?? newResourceId(context),
    version: context.newId(),
    created: now,
    lastModified: now,
    attributes,
    unique: uniqueValues(type, attributes),
  };
  const write: Write = {
    action: "create",
    principal: exchange.principal,
    type,
    partition: partitionOf(exchange, type),
    id: stored.id,
    before: undefined,
    after: stored,
    members: add.length === 0 ? undefined : { add, remove: [] },
    // Members of a new group do not change its version.
    next: { version: stored.version, lastModified: now },
    secrets,
  };
  tellWrite(exchange, write, await carryOut(context, write));
  return showCreated(exchange, type, stored, projection);
}
