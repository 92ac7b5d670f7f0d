import { createScimHandler, memoryStorage, type ScimHandlerOptions, type Storage } from "scimkit";
import { groupResourceType, uniqueValues, userResourceType, validateResource } from "scimkit/schema";
import type { MemberRef, MemberStorage } from "scimkit/storage";
import { type Figure, figure } from "./figure.ts";

const TENANT = "rfc";
const SINCE = "2011-05-13T04:42:34.000Z";

/** A resource that must be there for a figure's request to make sense. */
export interface Seed {
  readonly id: string;
  /** @default "a330bc54f0671c9", the version that most of the figures' requests expect */
  readonly version?: string;
  /** @default the moment that the filters of section 3.4.2.2 speak of */
  readonly lastModified?: string;
  readonly members?: readonly { readonly value: string; readonly type?: "User" | "Group"; readonly display?: string }[];
  readonly [attribute: string]: unknown;
}

/** What the service provider answered. */
export interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A service provider at the address of the figures, in a state of one's own. */
export interface Scene {
  readonly storage: Storage;
  /** Sends the request of a figure, or one like it. */
  send(request: string | (Partial<Figure> & { readonly target: string })): Promise<Shown>;
}

/** Makes a service provider that knows these users and groups, with the ids that the figures have. */
export async function createScene(
  seeds: { readonly users?: readonly Seed[]; readonly groups?: readonly Seed[] } = {},
  options: Partial<ScimHandlerOptions> = {},
): Promise<Scene> {
  const storage = memoryStorage();
  for (const user of seeds.users ?? []) await seed(storage, "User", user);
  for (const group of seeds.groups ?? []) await seed(storage, "Group", group);
  const cyclic = new Map<string, MemberRef[]>();
  for (const group of seeds.groups ?? []) cyclic.set(group.id, await join(storage, group));
  const handler = createScimHandler({
    storage: withMembers(storage, cyclic),
    baseUrl: "https://example.com/v2",
    authenticate: () => ({ id: "client", tenant: TENANT, rights: "write" }),
    ...options,
  });
  return {
    storage,
    async send(asked) {
      const { method = "GET", target, headers = {}, body } = typeof asked === "string" ? figure(asked) : asked;
      const { host: _, "content-length": __, ...sent }: Record<string, string> = headers;
      // The figures mostly leave the version out of their paths.
      const url = `https://example.com/v2${target.replace(/^\/v2\//, "/")}`;
      if (body !== undefined) sent["content-type"] ??= "application/scim+json";
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await handler(new Request(url, { method, headers: sent, ...text }));
      const said = await answer.text();
      return { status: answer.status, headers: answer.headers, body: said === "" ? {} : JSON.parse(said) };
    },
  };
}

async function seed(
  storage: Storage,
  typeName: "User" | "Group",
  { id, version, lastModified, members: _, ...rest }: Seed,
) {
  const type = typeName === "User" ? userResourceType : groupResourceType;
  const attributes = validateResource({ schemas: [type.schema.id], ...rest }, type, { requireSchemas: false });
  await storage.resources.insert(
    { tenant: TENANT, type: typeName },
    {
      id,
      version: version ?? "a330bc54f0671c9",
      created: SINCE,
      lastModified: lastModified ?? SINCE,
      attributes,
      unique: uniqueValues(type, attributes),
    },
  );
}

/** Adds the members of a group. Returns those that would make it its own member, which no storage takes. */
async function join(storage: Storage, { id, version, members = [] }: Seed): Promise<MemberRef[]> {
  const outcome = await storage.resources.members?.change({ tenant: TENANT, type: "Group" }, id, {
    add: members.map((member) => ({ type: "User", ...member })),
    remove: [],
    next: { version: version ?? "a330bc54f0671c9", lastModified: SINCE },
    unknown: "reject",
  });
  const refused = new Set(outcome?.cyclic);
  return members.flatMap(({ value, type = "User" }) => (refused.has(value) ? [{ value, type }] : []));
}

/** A storage that shows more members than it took: two parallel writers can make a cycle that neither sees. */
function withMembers(storage: Storage, more: ReadonlyMap<string, readonly MemberRef[]>): Storage {
  const { members } = storage.resources;
  if (members === undefined || [...more.values()].every(({ length }) => length === 0)) return storage;
  const page: MemberStorage["page"] = async (partition, groupId, query) => {
    const found = await members.page(partition, groupId, query);
    return { ...found, members: [...found.members, ...(more.get(groupId) ?? [])] };
  };
  return { ...storage, resources: { ...storage.resources, members: { ...members, page } } };
}

/** The ids in an answer, in the order of a figure's: what is made new cannot have the figure's ids. */
export function withIds(body: unknown, ids: Readonly<Record<string, string>>): unknown {
  let text = JSON.stringify(body);
  for (const [ours, theirs] of Object.entries(ids)) text = text.replaceAll(ours, theirs);
  return JSON.parse(text);
}

/** A body without what differs from one time to the next: moments, versions and cursors are there or they are not. */
export function timeless(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (name, value) => {
    return /^(created|lastModified|version|nextCursor|previousCursor)$/.test(name) ? `(${name})` : value;
  });
}
