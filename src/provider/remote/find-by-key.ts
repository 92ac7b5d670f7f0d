import type { ResourceClient } from "../../client/resources/resource-client.ts";
import type { Resource } from "../../protocol/resources.ts";
import type { MatchKey } from "../links/link.ts";

/** What a look-up found, and whether it can be relied on where it found nothing. */
export interface Found {
  readonly resources: readonly Readonly<Record<string, unknown>>[];
  readonly isSure: boolean;
}

/**
 * Remote resources that really have the value that was asked for: some servers ignore filters and show everybody. Such a
 * listing is read to its end only where it must be known.
 */
export async function findByKey(
  client: ResourceClient<Resource>,
  key: MatchKey,
  options: { readonly isThorough: boolean },
): Promise<Found> {
  const resources: Readonly<Record<string, unknown>>[] = [];
  const filter = `${key.attribute} eq ${JSON.stringify(key.value)}`;
  let [shown, total] = [0, 0];
  for await (const page of client.pages({ filter, pageSize: options.isThorough ? 100 : 10 })) {
    const fitting = page.resources.filter((resource) => hasValue(resource, key));
    resources.push(...fitting);
    shown += page.resources.length;
    total = page.total ?? total;
    if (resources.length > 1) break;
    if (!options.isThorough && fitting.length < page.resources.length) return { resources, isSure: false };
  }
  return { resources, isSure: shown >= total };
}

function hasValue(resource: Readonly<Record<string, unknown>>, { attribute, value }: MatchKey): boolean {
  const actual = resource[attribute];
  if (typeof actual !== "string") return false;
  return attribute === "externalId" ? actual === value : actual.toLowerCase() === value.toLowerCase();
}
