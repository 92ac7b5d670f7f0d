import type { RequestContext } from "./context.ts";

/** Reports to the observer which transforms of the dialect a request needed, if any, and which names were dropped. */
export function tellDialect(
  requestContext: RequestContext,
  transforms: readonly string[],
  dropped: readonly string[] = [],
): void {
  if (transforms.length === 0) return;
  const { requestId, route } = requestContext;
  const event = { type: "server.dialect" as const, requestId, route, transforms };
  requestContext.context.tell(() => (dropped.length === 0 ? event : { ...event, dropped }));
}
