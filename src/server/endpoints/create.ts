import type { ResourceType } from "../../schema/definition.ts";
import { uniqueValues } from "../../schema/unique-values.ts";
import type { StoredResource } from "../../storage/storage.ts";
import { carryOut } from "../carry-out.ts";
import { type Exchange, partitionOf, timestamp } from "../context.ts";
import { keepsMembersApart, uniqueByValue, withoutMembers } from "../membership.ts";
import { newResourceId } from "../new-resource-id.ts";
import { readResourceBody } from "../read-resource-body.ts";
import { locationOf, showResource } from "../represent.ts";
import type { Answer } from "../respond.ts";
import { tellWrite } from "../tell-write.ts";
import type { Write } from "../write.ts";
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
    // Members that come with their group do not make it a changed group.
    next: { version: stored.version, lastModified: now },
    secrets,
  };
  tellWrite(exchange, write, await carryOut(context, write));
  const { body, headers } = await showResource(exchange, type, stored, projection);
  return { status: 201, body, headers: { ...headers, Location: locationOf(context.baseUrl, type, stored.id) } };
}
