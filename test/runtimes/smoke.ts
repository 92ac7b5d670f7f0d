// A program over the built package, for any runtime: it needs nothing but what the web has, and no network. It is turned
// into JavaScript and run as it is, or bundled for a runtime that knows no modules.
import {
  arrayDirectory,
  bearerToken,
  createProvider,
  createScimClient,
  createScimHandler,
  createSource,
  filter,
  isScimError,
  memoryStorage,
  type ScimHandler,
  UnauthorizedError,
} from "scimkit";
import { bearerTokenOf } from "scimkit/server";

const BASE = "https://app.example/scim/v2";
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

type Sent = { readonly status: number; readonly body: Record<string, unknown> };
type Send = (method: string, path: string, body?: object) => Promise<Sent>;

function sender(handler: ScimHandler, baseUrl: string, token: string): Send {
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await handler(new Request(`${baseUrl}${path}`, { method, headers, ...init }));
    const text = await response.text();
    return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
  };
}

function application(): ScimHandler {
  return createScimHandler({
    baseUrl: BASE,
    storage: memoryStorage(),
    authenticate: (request) => {
      if (bearerTokenOf(request) !== "t") throw new UnauthorizedError("unknown token");
      return { id: "smoke", tenant: "smoke", rights: "write" };
    },
  });
}

/** The protocol itself: users, a group with members, a filter, a list, and what is refused. */
async function accept(): Promise<object> {
  const handler = application();
  const send = sender(handler, BASE, "t");
  const ada = await send("POST", "/Users", { schemas: [USER], userName: "ada", name: { familyName: "Løvelace" } });
  const grace = await send("POST", "/Users", { schemas: [USER], userName: "grace" });
  const twice = await send("POST", "/Users", { schemas: [USER], userName: "ADA" });
  const member = { value: ada.body.id };
  const group = await send("POST", "/Groups", { schemas: [GROUP], displayName: "Engines", members: [member] });
  const Operations = [{ op: "replace", path: "name.familyName", value: "King" }];
  const patched = await send("PATCH", `/Users/${ada.body.id}`, { schemas: [PATCH_OP], Operations });
  const found = await send("GET", `/Users?filter=${encodeURIComponent('name.familyName eq "king"')}`);
  const listed = await send("GET", "/Users?count=1");
  const stranger = await sender(handler, BASE, "other")("GET", "/Users");
  const unread = await send("GET", "/Users?filter=userName%20xx%201");
  const gone = await send("DELETE", `/Users/${grace.body.id}`);
  const groupNow = await send("GET", `/Groups/${group.body.id}`);
  return {
    created: [ada.status, grace.status, group.status],
    twice: [twice.status, twice.body.scimType],
    patched: [patched.status, patched.body.name],
    found: found.body.totalResults,
    listed: [listed.body.totalResults, (listed.body.Resources as unknown[]).length],
    stranger: stranger.status,
    unread: [unread.status, unread.body.scimType],
    gone: gone.status,
    members: (groupNow.body.members as unknown[]).length,
  };
}

/** The client against the same protocol. */
async function call(): Promise<object> {
  const client = createScimClient({ baseUrl: BASE, auth: bearerToken("t"), fetch: application() });
  const { resource } = await client.users.create({ userName: "ada" });
  const id = resource?.id ?? "";
  const patched = await client.users.patch(id, [{ op: "add", path: "displayName", value: "Ada" }]);
  const names: unknown[] = [];
  for await (const user of client.users.list({ filter: filter`userName eq ${"ada"}` })) names.push(user.displayName);
  await client.users.delete(id);
  const missing: unknown = await client.users.get(id).catch((error: unknown) => error);
  return { patched: patched?.displayName, names, missing: isScimError(missing) ? missing.status : "no ScimError" };
}

/**
 * A source with a token and a directory of its own, and a provider that pushes another directory into it. The timer of the
 * source must not keep the program running.
 */
async function push(): Promise<object> {
  const accounts = new Set<string>();
  const source = createSource({
    slug: "hr",
    baseUrl: "https://app.example",
    storage: memoryStorage(),
    directory: {
      saveUser: async ({ id }) => void accounts.add(id),
      removeUser: async (id) => void accounts.delete(id),
      saveGroup: async () => {},
      removeGroup: async () => {},
      changeMembers: async () => {},
    },
  });
  const { token } = await source.tokens.issue({ name: "smoke" });
  const client = createScimClient({ baseUrl: source.baseUrl, auth: bearerToken(token), fetch: source.fetch });
  const people = arrayDirectory({
    users: [
      { id: "1", userName: "ada", name: "Ada Lovelace", email: "ada@example.com" },
      { id: "2", userName: "grace", name: "Grace Hopper", email: "grace@example.com" },
    ],
    groups: [{ id: "engines", displayName: "Engines", members: ["1", "2"] }],
  });
  const provider = createProvider({ name: "app", client, directory: people, storage: memoryStorage() });
  const { state, counts } = await provider.sync();
  return { state, created: counts.created, membersAdded: counts.membersAdded, accounts: accounts.size };
}

/** What happened, as JSON. */
export async function smoke(): Promise<string> {
  return JSON.stringify({ accept: await accept(), call: await call(), push: await push() });
}
