import type { Exchange } from "./context.ts";

/** Tells the observer which transforms of the dialect a request made use of, if any. */
export function tellDialect(exchange: Exchange, transforms: readonly string[]): void {
  if (transforms.length === 0) return;
  const { requestId, route } = exchange;
  exchange.context.tell(() => ({ type: "server.dialect", requestId, route, transforms }));
}
