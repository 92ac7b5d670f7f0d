import { healthOf, type SourceHealth } from "./history/health.ts";
import type { SourceParts } from "./source-parts.ts";

/** More waiting changes are not counted one by one. */
const MOST_WAITING = 1000;

/** Gathers what the health of a source is judged by. */
export async function healthOfSource({
  options,
  visibility,
  credentials,
  sourceId,
  delivery,
}: SourceParts): Promise<SourceHealth> {
  const { request, success } = await visibility.lastTimes();
  const { IntentRepository } = await import("./delivery/intents.ts");
  const intents = await new IntentRepository(options.storage.state, await sourceId()).waiting(MOST_WAITING);
  const queued = await (await delivery())?.pending.waiting(MOST_WAITING);
  const times = [intents.oldest, queued?.oldest].filter((time) => time !== undefined);
  return healthOf({
    lastRequest: request,
    lastSuccess: success,
    identityProvider: options.identityProvider,
    waiting: intents.count + (queued?.count ?? 0),
    oldestWaiting: times.sort()[0],
    longestWaitMs: 2 * (options.deliveryLeaseMs + options.deliveryRetryMs),
    credentials: await credentials.list(),
    now: options.now(),
  });
}
