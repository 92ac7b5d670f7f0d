import { sameValue } from "../../patch/equal.ts";
import type { RequestContext } from "../requests/context.ts";
import type { Write, WriteOutcome } from "../requests/write.ts";

/** Reports a write that changed something to the observer: the names of the attributes, never their values. */
export function tellWrite(requestContext: RequestContext, write: Write, outcome: WriteOutcome): void {
  const { skipped = [] } = outcome;
  if (!outcome.changed && skipped.length === 0) return;
  requestContext.context.tell(() => ({
    type: "server.write",
    requestId: requestContext.requestId,
    principal: requestContext.principal.id,
    tenant: requestContext.principal.tenant,
    resourceType: write.type.name,
    id: write.id,
    action: write.action,
    attributes: changedAttributes(write, outcome),
    ...(skipped.length > 0 && { skipped }),
  }));
}

/** The names of the attributes that a write changed. */
export function changedAttributes(write: Write, outcome: WriteOutcome): string[] {
  const before = write.before?.attributes ?? {};
  const after = write.after?.attributes ?? (write.action === "delete" ? {} : before);
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => !sameValue(before[name], after[name]));
  const members = outcome.added.length > 0 || outcome.removed.length > 0;
  return members ? [...changed, "members"] : changed;
}
