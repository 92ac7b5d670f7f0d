import { sameValue } from "../../patch/equal.ts";
import type { MembershipChange } from "../../patch/pending-member.ts";
import type { ResourceType } from "../../schema/attributes/definition.ts";
import { uniqueValues } from "../../schema/resources/unique-values.ts";
import type { StoredResource } from "../../storage/stored-resource.ts";
import { partitionOf, type RequestContext, timestamp } from "../requests/context.ts";
import type { Write } from "../requests/write.ts";
import { carryOut } from "./carry-out.ts";
import { tellWrite } from "./tell-write.ts";

/** The change that a PUT or PATCH makes to a resource. */
export interface ResourceChange {
  readonly action: "replace" | "patch";
  readonly type: ResourceType;
  readonly before: StoredResource;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly members: MembershipChange | undefined;
  readonly secrets: Readonly<Record<string, unknown>>;
}

/** Writes a change and returns the stored resource. A change without effect is not written, and the version stays. */
export async function writeChange(requestContext: RequestContext, change: ResourceChange): Promise<StoredResource> {
  const { context } = requestContext;
  const { action, type, before, attributes, members, secrets } = change;
  const same = sameValue(before.attributes, attributes);
  const isUnchanged = same && members === undefined && Object.keys(secrets).length === 0;
  if (isUnchanged && context.commit === undefined) return before;
  const next = { version: context.newId(), lastModified: timestamp(context) };
  const after: StoredResource = { ...before, ...next, attributes, unique: uniqueValues(type, attributes) };
  const write: Write = {
    action,
    principal: requestContext.principal,
    requestId: requestContext.requestId,
    type,
    partition: partitionOf(requestContext, type),
    id: before.id,
    before,
    after: same ? undefined : after,
    members,
    next,
    secrets,
  };
  if (isUnchanged) {
    await context.commit?.(write, async () => ({ changed: false, added: [], removed: [], version: before.version }));
    return before;
  }
  const outcome = await carryOut(requestContext, write);
  tellWrite(requestContext, write, outcome);
  return outcome.changed ? { ...after, version: outcome.version } : before;
}
