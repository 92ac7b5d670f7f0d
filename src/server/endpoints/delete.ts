import { NotFoundError } from "../../errors/request-errors.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { partitionOf, type RequestContext, timestamp } from "../requests/context.ts";
import type { Write } from "../requests/write.ts";
import type { EndpointResponse } from "../responses/respond.ts";
import { carryOut } from "../writes/carry-out.ts";
import { requireVersion, writeConditionally } from "../writes/conditions.ts";
import { tellWrite } from "../writes/tell-write.ts";

/** DELETE of a resource (RFC 7644 section 3.6). Its memberships are deleted with it. */
export async function deleteResource(
  requestContext: RequestContext,
  type: ResourceType,
  id: string,
): Promise<EndpointResponse> {
  const { context } = requestContext;
  const partition = partitionOf(requestContext, type);
  await writeConditionally(requestContext, { type, id }, async () => {
    const before = await context.resources.find(partition, id, { work: requestContext.work });
    if (before === undefined) throw new NotFoundError();
    requireVersion(requestContext, before.version);
    const write: Write = {
      action: "delete",
      principal: requestContext.principal,
      requestId: requestContext.requestId,
      type,
      partition,
      id,
      before,
      after: undefined,
      members: undefined,
      next: { version: context.newId(), lastModified: timestamp(context) },
      secrets: {},
    };
    tellWrite(requestContext, write, await carryOut(requestContext, write));
  });
  return { status: 204 };
}
