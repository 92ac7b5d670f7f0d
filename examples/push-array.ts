/**
 * Users and a group of a list, pushed to a service provider in the same process or, if `SCIM_URL` and `SCIM_TOKEN` are set,
 * to the application at that URL with that token.
 */
import {
  arrayDirectory,
  bearerToken,
  createProvider,
  createScimClient,
  createScimHandler,
  memoryStorage,
  type ScimClient,
} from "scimkit";
import type { Run } from "scimkit/provider";
import { startedDirectly } from "./started-directly.ts";

const OWN_URL = "http://127.0.0.1/scim/v2";

/** The application: the one that the environment names, or one of our own that no network is needed for. */
function application({ SCIM_URL, SCIM_TOKEN = "" }: NodeJS.ProcessEnv): ScimClient {
  if (SCIM_URL !== undefined) return createScimClient({ baseUrl: SCIM_URL, auth: bearerToken(SCIM_TOKEN) });
  const handler = createScimHandler({
    baseUrl: OWN_URL,
    storage: memoryStorage(),
    authenticate: () => ({ id: "provider", tenant: "application", rights: "write" }),
  });
  return createScimClient({ baseUrl: OWN_URL, auth: bearerToken("any"), fetch: handler });
}

/** Pushes, and gives the run with what is then at the application. */
export async function main(environment: NodeJS.ProcessEnv = process.env): Promise<{ run: Run; userNames: unknown[] }> {
  const client = application(environment);
  // #region push
  const directory = arrayDirectory({
    users: [
      { id: "1", userName: "ada", name: "Ada Lovelace", email: "ada@example.com" },
      { id: "2", userName: "grace", name: "Grace Hopper", email: "grace@example.com" },
    ],
    groups: [{ id: "engines", displayName: "Engines", members: ["1", "2"] }],
  });
  const provider = createProvider({ name: "app", client, directory, storage: memoryStorage() });
  for await (const change of provider.plan()) console.log(change.summary); // nothing is written, anywhere
  const run = await provider.sync();
  // #endregion push
  const userNames: unknown[] = [];
  for await (const user of client.users.list()) userNames.push(user.userName);
  return { run, userNames };
}

if (startedDirectly(import.meta.url)) console.log(await main());
