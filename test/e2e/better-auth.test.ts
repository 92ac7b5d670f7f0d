import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import { scim } from "@better-auth/scim";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { afterAll, describe, expect, test } from "vitest";
import { toNodeListener } from "../../src/adapters/node.ts";
import { aYear, pushTo, type Server } from "./lifecycle.ts";

const servers: HttpServer[] = [];

/** better-auth with its SCIM plugin over SQLite in memory: it insists on a database with transactions. */
async function betterAuthServer(): Promise<Server> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = crypto.randomUUID() + crypto.randomUUID();
  const connection = { id: "provider", credentials: [{ type: "bearer" as const, id: "key", token }] };
  const options = {
    baseURL: origin,
    secret: crypto.randomUUID() + crypto.randomUUID(),
    database: new DatabaseSync(":memory:"),
    logger: { disabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [scim({ connections: [connection] })],
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const auth = betterAuth(options);
  server.on("request", toNodeListener(auth.handler));
  return { baseUrl: `${origin}/api/auth/scim/v2`, token };
}

afterAll(() => {
  for (const server of servers) server.close();
});

describe("better-auth with its SCIM plugin", () => {
  test("equals the directory after a first sync and after a year of changes", async () => {
    const pushed = await pushTo(await betterAuthServer());
    await pushed.settle();
    pushed.writes();
    aYear(pushed);
    await pushed.settle();
    expect(pushed.writes().filter((line) => line.startsWith("POST"))).toEqual(["POST /Users"]);
  });

  test("leaves out what it does not know, makes up what it misses, refuses groups in groups and a second user with an e-mail address", async () => {
    const server = await betterAuthServer();
    const pushed = await pushTo(server);
    const { organisation, provider } = pushed;
    const [first] = organisation.users;
    const bare = { id: "u1", userName: "bare@halden.example.com", active: true, displayName: "Bare", enterprise: {} };
    organisation.users = [
      { ...bare, nickName: "unknown to it" },
      { ...bare, id: "u2", userName: "same@halden.example.com", emails: first?.emails ?? [] },
      ...(first === undefined ? [] : [{ ...first, id: "u0", enterprise: {} }]),
    ];
    organisation.groups = [
      { id: "g0", displayName: "Inner", members: ["u0"] },
      { id: "g1", displayName: "Outer", members: ["g0", "u1"] },
    ];
    const run = await provider.sync();
    expect(run.failures.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([
      expect.stringMatching(/^u[02]: its name is taken by something that cannot be seen/),
      "g1: the application refused the member Inner (g0)",
    ]);
    const headers = { authorization: `Bearer ${server.token}` };
    const answer = await fetch(
      `${server.baseUrl}/Users?filter=${encodeURIComponent('userName eq "bare@halden.example.com"')}`,
      { headers },
    );
    const { Resources } = (await answer.json()) as { Resources: Record<string, unknown>[] };
    expect(Resources).toMatchObject([{ emails: [{ value: "bare@halden.example.com" }], name: { formatted: "Bare" } }]);
    expect(Resources[0]).not.toHaveProperty("nickName");
    pushed.writes();
    expect((await provider.sync()).counts.updated).toBe(0);
  });
});
