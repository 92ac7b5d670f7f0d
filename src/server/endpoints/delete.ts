import { NotFoundError } from "../../errors/request-errors.ts";
import type { ResourceType } from "../../schema/definition.ts";
import { carryOut } from "../carry-out.ts";
import { requireVersion, writeConditionally } from "../conditions.ts";
import { type Exchange, partitionOf, timestamp } from "../context.ts";
import type { Answer } from "../respond.ts";
import { tellWrite } from "../tell-write.ts";
import type { Write } from "../write.ts";

/** DELETE of a resource (RFC 7644 section 3.6). Its memberships go with it. */
export async function deleteResource(exchange: Exchange, type: ResourceType, id: string): Promise<Answer> {
  const { context } = exchange;
  const partition = partitionOf(exchange, type);
  await writeConditionally(exchange, { type, id }, async () => {
    const before = await context.resources.find(partition, id);
    if (before === undefined) throw new NotFoundError();
    requireVersion(exchange, before.version);
    const write: Write = {
      action: "delete",
      principal: exchange.principal,
      type,
      partition,
      id,
      before,
      after: undefined,
      members: undefined,
      next: { version: context.newId(), lastModified: timestamp(context) },
      secrets: {},
    };
    tellWrite(exchange, write, await carryOut(context, write));
  });
  return { status: 204 };
}
