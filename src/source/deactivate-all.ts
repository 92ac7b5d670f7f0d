import type { Write } from "../server/requests/write.ts";
import { applyWrite } from "../server/writes/apply-write.ts";
import { listResources } from "../storage/fallback/list-resources.ts";
import type { StoredResource } from "../storage/stored-resource.ts";
import type { SourceParts } from "./source-parts.ts";

const PAGE = 100;

/**
 * Deactivates all active users of a source, one after the other, through its directory as an identity provider would. It
 * can be called again when it was interrupted: users who are deactivated already are skipped.
 *
 * @throws what the directory throws, at the first user whom it refuses
 */
export async function deactivateAll(parts: SourceParts, signal?: AbortSignal): Promise<void> {
  const { options, sourceId } = parts;
  const type = options.resourceTypes.find(({ name }) => name === "User");
  if (type === undefined) return;
  const resources = options.resources ?? options.storage.resources;
  const partition = { tenant: await sourceId(), type: type.name };
  for (let after: string | undefined; signal?.aborted !== true; ) {
    const page = await listResources(resources, partition, { after, take: PAGE });
    for (const user of page.resources) {
      if (user.attributes.active !== false) await deactivate(parts, { type, partition }, user);
    }
    after = page.next;
    if (after === undefined) return;
  }
}

async function deactivate(
  parts: SourceParts,
  { type, partition }: Pick<Write, "type" | "partition">,
  before: StoredResource,
): Promise<void> {
  const { options, identity, unguarded } = parts;
  const { serviceAccount } = await identity();
  const next = { version: options.newId(), lastModified: new Date(options.now()).toISOString() };
  const write: Write = {
    action: "patch",
    principal: { id: serviceAccount.id, tenant: partition.tenant, rights: "write" },
    requestId: options.newId(),
    type,
    partition,
    id: before.id,
    before,
    after: { ...before, ...next, attributes: { ...before.attributes, active: false } },
    members: undefined,
    next,
    secrets: {},
  };
  const resources = options.resources ?? options.storage.resources;
  await unguarded(write, (transaction) =>
    applyWrite(transaction ?? resources, write, { unknown: options.unknownMembers }),
  );
}
