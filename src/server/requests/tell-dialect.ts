import type { Exchange } from "./context.ts";

/** Reports to the observer which transforms of the dialect a request needed, if any. */
export function tellDialect(exchange: Exchange, transforms: readonly string[]): void {
  if (transforms.length === 0) return;
  const { requestId, route } = exchange;
  exchange.context.tell(() => ({ type: "server.dialect", requestId, route, transforms }));
}
