import { once } from "node:events";
import { createServer } from "node:http";
import type { TestProject } from "vitest/node";
import { type KeptServer, startKeeper } from "./start-keeper.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the run's PostgreSQL is asked for. */
    readonly postgres: string;
  }
}

/**
 * One PostgreSQL for a whole run of tests, started when the first test asks for it: whoever runs other tests does not
 * wait for it. Answers with its port.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: Promise<KeptServer> | undefined;
  const door = createServer(async (_request, response) => {
    try {
      server ??= startKeeper();
      const { port } = await server;
      response.end(JSON.stringify({ port }));
    } catch (error) {
      response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
    }
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  const address = door.address();
  project.provide("postgres", `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  return async () => {
    door.closeAllConnections();
    door.close();
    await (await server?.catch(() => undefined))?.end();
  };
}
