import { NotFoundError } from "../../errors/request-errors.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { checkImmutable } from "../../schema/resources/check-immutable.ts";
import { keepUnwritten } from "../../schema/resources/keep-unwritten.ts";
import type { StoredResource } from "../../storage/stored-resource.ts";
import { partitionOf, type RequestContext } from "../requests/context.ts";
import { showWritten } from "../responses/represent.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { requireVersion, writeConditionally } from "../writes/conditions.ts";
import { keepsMembersApart, membershipDifference, readAllMembers, withoutMembers } from "../writes/membership.ts";
import { readResourceBody } from "../writes/read-resource-body.ts";
import { writeChange } from "../writes/write-change.ts";
import { projectionOf } from "./read.ts";

/** Attributes that a PUT keeps if it gives them no value: clients that left them out have locked people out. */
const KEPT: ReadonlySet<string> = new Set(["active", "members"]);

/** PUT of a resource (RFC 7644 section 3.5.1). What it omits is cleared, except `active`, `password` and `members`. */
export async function replaceResource(
  requestContext: RequestContext,
  type: ResourceType,
  id: string,
): Promise<EndpointResponse> {
  const projection = projectionOf(requestContext, type);
  const body = await readResourceBody(requestContext, type);
  const stored = await writeConditionally(requestContext, { type, id }, () =>
    replaceOnce(requestContext, type, id, body),
  );
  return showWritten(requestContext, type, stored, projection);
}

type Body = Awaited<ReturnType<typeof readResourceBody>>;

async function replaceOnce(
  requestContext: RequestContext,
  type: ResourceType,
  id: string,
  body: Body,
): Promise<StoredResource> {
  const { context } = requestContext;
  const partition = partitionOf(requestContext, type);
  const before = await context.resources.find(partition, id, { work: requestContext.work });
  if (before === undefined) throw new NotFoundError();
  requireVersion(requestContext, before.version);
  const resource = { ...keptAttributes(before.attributes, body.written), ...body.resource };
  const apart = keepsMembersApart(context.resources, type);
  const split = withoutMembers(resource);
  const attributes = keepUnwritten(type, before.attributes, apart ? split.attributes : resource);
  checkImmutable(type, before.attributes, attributes);
  const members =
    apart && gives(body.written, "members")
      ? membershipDifference(
          await readAllMembers(context.resources, partition, { groupId: id, work: requestContext.work }),
          split.members,
        )
      : undefined;
  return writeChange(requestContext, { action: "replace", type, before, attributes, members, secrets: body.secrets });
}

/** Null does not count: only a value, even an empty list, changes these attributes. */
function gives(written: Readonly<Record<string, unknown>>, attribute: string): boolean {
  const key = Object.keys(written).find((name) => name.toLowerCase() === attribute);
  return key !== undefined && written[key] !== null && written[key] !== undefined;
}

function keptAttributes(
  before: Readonly<Record<string, unknown>>,
  written: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(before).filter(([name]) => KEPT.has(name) && !gives(written, name)));
}
