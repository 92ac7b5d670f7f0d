import type { RequestContext } from "./context.ts";

/** Reports to the observer which transforms of the dialect a request needed, if any. */
export function tellDialect(requestContext: RequestContext, transforms: readonly string[]): void {
  if (transforms.length === 0) return;
  const { requestId, route } = requestContext;
  requestContext.context.tell(() => ({ type: "server.dialect", requestId, route, transforms }));
}
