/** An application's own tables, served by a SCIM handler and by a source. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScimHandler, createSource, memoryStorage } from "scimkit";
import type { Source } from "scimkit/source";
import { startedDirectly } from "../started-directly.ts";
import { OwnTables } from "./own-tables.ts";
import { connect, makeApplication, migrate } from "./tables.ts";

/** The tables, the handler and the source. */
export interface App {
  readonly resources: OwnTables;
  readonly handler: (request: Request) => Promise<Response>;
  readonly source: Source;
}

/** The application over a file that has its tables. */
export function buildApp(file: string): App {
  const resources = new OwnTables(() => connect(file));
  // #region handler
  const handler = createScimHandler({
    storage: resources,
    baseUrl: "https://app.example/scim/v2",
    authenticate: async () => ({ id: "hr", tenant: "acme", rights: "write" }), // check a token here
  });
  // #endregion handler
  // #region source
  const source = createSource({
    slug: "acme",
    id: "acme", // the value of `org`: the id of a source is its tenant
    baseUrl: "https://app.example",
    storage: memoryStorage(), // for tokens: use a persistent storage
    resources,
  });
  // #endregion source
  return { resources, handler, source };
}

/** Creates a user as an identity provider would, and returns the row. */
export async function main(): Promise<Record<string, unknown>> {
  const directory = await mkdtemp(join(tmpdir(), "own-tables-"));
  const file = join(directory, "application.db");
  makeApplication(file);
  migrate(file);
  const { source, resources } = buildApp(file);
  const { token } = await source.tokens.issue({ name: "Entra ID" });
  const response = await source.fetch(
    new Request(`${source.baseUrl}/Users`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" },
      body: JSON.stringify({
        schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
        userName: "ada@example.com",
        displayName: "Ada Lovelace",
        title: "Countess",
      }),
    }),
  );
  const { id } = await response.json();
  const [row] = resources.usersNamed("ada@example.com");
  resources.close();
  await rm(directory, { recursive: true });
  return { ...row, isTheOne: row?.scim_id === id };
}

if (startedDirectly(import.meta.url)) console.log(await main());
