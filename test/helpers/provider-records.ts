import type { Link } from "../../src/provider/links/link.ts";
import { LinkRepository } from "../../src/provider/links/link-repository.ts";
import { providerId } from "../../src/provider/links/provider-identity.ts";
import { MembershipRows } from "../../src/provider/memberships/rows.ts";
import { splitOwnerKey } from "../../src/storage/state/owner-key.ts";
import type { StateRecord } from "../../src/storage/state-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";

/** All collections in which a provider keeps anything. */
const COLLECTIONS = [
  ...["providers", "settings", "links", "link-owners", "link-creators", "link-watches"],
  ...["memberships", "memberships-by-member", "runs", "run-objects", "marks"],
];

/** Everything that providers keep in a storage. */
export async function providerRecords(storage: Storage): Promise<StateRecord[]> {
  const found: StateRecord[] = [];
  for (const collection of COLLECTIONS) found.push(...(await storage.state.scan(collection, { take: 10_000 })));
  return found;
}

/** The links of a provider, by the ids of a type's directory objects. */
export async function storedLinks(storage: Storage, type: string, named = APP): Promise<Map<string, Link>> {
  return new LinkRepository(storage, await idOf(storage, named)).between(type, undefined, undefined);
}

/** The link repository and the membership rows of a provider. */
export async function providerTables(
  storage: Storage,
  named = APP,
): Promise<{ readonly links: LinkRepository; readonly rows: MembershipRows }> {
  const id = await idOf(storage, named);
  return { links: new LinkRepository(storage, id), rows: new MembershipRows(storage, id) };
}

/** What providers have to sync because it changed, of all providers: the objects' keys. */
export async function storedMarks(storage: Storage): Promise<string[]> {
  const marks = await storage.state.scan("marks", { take: 10_000 });
  return marks.map(({ key }) => splitOwnerKey(key)?.key ?? key);
}

const APP = { tenant: "default", name: "app" };

function idOf(storage: Storage, named: { readonly tenant: string; readonly name: string }): Promise<string> {
  return providerId(storage.state, named, () => crypto.randomUUID());
}
