import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createSource, memoryStorage } from "scimkit";
import { expect, test, vi } from "vitest";
import { buildApp as buildExpressApp } from "../../examples/accept-express.ts";
import { main as acceptFetch } from "../../examples/accept-fetch.ts";
import { inFastify, inHono, inKoa, onNode } from "../../examples/accept-frameworks.ts";
import { main as acceptIntoAccounts, buildApp } from "../../examples/accept-own-directory.ts";
import { main as pushArray } from "../../examples/push-array.ts";
import { main as testHandler } from "../../examples/test-handler.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

test("the smallest accepting program creates a user", async () => {
  expect(await acceptFetch()).toMatchObject({ userName: "ada@example.com", id: expect.any(String) });
});

test("a simulated Entra ID provisions users and a group, and deletes one", async () => {
  const requests = await testHandler();
  expect(requests).toHaveLength(33);
  expect(requests[2]).toBe('GET /Users?filter=userName eq "ada@example.com" 200');
  expect(requests.at(-2)).toMatch(/^DELETE .* 204$/);
});

test("the Express application responds under its mount, and rejects unknown tokens", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { app, scimUrl, token } = await buildExpressApp(origin);
  server.on("request", app);
  try {
    expect(scimUrl).toBe(`${origin}/source/scim/okta/v2`);
    expect((await fetch(`${scimUrl}/Users`)).status).toBe(401);
    const answer = await fetch(`${scimUrl}/Users`, { headers: { Authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ totalResults: 0 });
  } finally {
    server.close();
  }
});

test.each([
  ["Node", onNode],
  ["Koa", inKoa],
  ["Fastify", inFastify],
  ["Hono", inHono],
])("a source responds on %s under its own path", async (_name, serverOf) => {
  const source = createSource({ slug: "okta", baseUrl: "https://app.example", storage: memoryStorage() });
  const { token } = await source.tokens.issue({ name: "test" });
  const server = await serverOf(source);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" };
    const body = JSON.stringify({ schemas: [USER], userName: "ada@example.com" });
    const url = `${origin}${new URL(source.baseUrl).pathname}/Users`;
    const created = await fetch(url, { method: "POST", headers, body });
    expect([created.status, await created.json()]).toEqual([
      201,
      expect.objectContaining({ userName: "ada@example.com" }),
    ]);
    const root = await fetch(url.replace("/Users", ""), { headers }); // the query of all types, without a slash at its end
    expect(await root.json()).toMatchObject({ totalResults: 1 });
    expect((await fetch(`${origin}/elsewhere`, { headers })).status).toBe(404);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("a source with a directory writes accounts and teams of the application", async () => {
  expect(await acceptIntoAccounts()).toMatchObject({
    login: "grace@example.com",
    fullName: "Grace Hopper",
    enabled: true,
  });

  const { accounts, teams, source } = buildApp();
  const { token } = await source.tokens.issue({ name: "test" });
  const send = async (method: string, path: string, body?: object): Promise<{ id: string }> => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" };
    const request = new Request(`${source.baseUrl}${path}`, { method, headers, body: body && JSON.stringify(body) });
    const response = await source.fetch(request);
    expect(response.ok).toBe(true);
    return response.status === 204 ? { id: "" } : response.json();
  };
  const patch = (...Operations: object[]) => ({ schemas: [PATCH_OP], Operations });
  const { id } = await send("POST", "/Users", { schemas: [USER], userName: "a@example.com", displayName: "A" });
  const { id: teamId } = await send("POST", "/Groups", { schemas: [GROUP], displayName: "Pilots" });
  await send("PATCH", `/Groups/${teamId}`, patch({ op: "add", path: "members", value: [{ value: id }] }));
  expect(teams).toEqual([{ id: teamId, title: "Pilots", members: [id] }]);
  await send("PATCH", `/Groups/${teamId}`, patch({ op: "replace", path: "displayName", value: "Flyers" }));
  expect(teams).toEqual([{ id: teamId, title: "Flyers", members: [id] }]);
  await send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
  expect(accounts).toEqual([{ id, login: "a@example.com", fullName: "A", enabled: false }]);
  await send("DELETE", `/Users/${id}`);
  expect(accounts).toEqual([]);
  expect(teams).toEqual([{ id: teamId, title: "Flyers", members: [] }]);
  await send("DELETE", `/Groups/${teamId}`);
  expect(teams).toEqual([]);
});

test("a list is pushed to a server in the process, and to the one that the environment names", async () => {
  const log = vi.spyOn(console, "log").mockReturnValue(undefined);
  const { run, userNames } = await pushArray({});
  expect(log.mock.calls.flat().map((line) => String(line).split(":")[0])).toEqual([
    "create User ada",
    "create User grace",
    "create Group Engines",
    "members Group Engines",
  ]);
  expect(run).toMatchObject({ state: "succeeded", counts: { created: 3, membersAdded: 2 } });
  expect(userNames.sort()).toEqual(["ada", "grace"]);
  const nobody = { SCIM_URL: "http://127.0.0.1:1/scim/v2", SCIM_TOKEN: "secret" };
  await expect(pushArray(nobody)).rejects.toThrow("the connection failed");
  log.mockRestore();
});
