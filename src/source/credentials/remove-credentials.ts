import { type RecordKind, repository } from "../../storage/state/repository.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import { ASSERTIONS } from "./assertions/used-assertions.ts";
import { OAUTH } from "./oauth/oauth-records.ts";
import { TOKENS } from "./tokens/token-records.ts";

/** Removes all credentials of a source: its tokens, OAuth clients and access tokens. */
export async function removeCredentials(state: StateStorage, sourceId: string): Promise<void> {
  await removeAll(state, TOKENS, sourceId);
  await removeAll(state, OAUTH, sourceId);
  await removeAll(state, ASSERTIONS, sourceId);
}

async function removeAll<T>(state: StateStorage, kind: RecordKind<T>, owner: string): Promise<void> {
  const records = repository(state, kind, owner);
  for await (const { key } of records.each()) await records.delete(key);
}
