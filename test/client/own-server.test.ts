import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { toNodeListener } from "../../src/adapters/node.ts";
import { bearerToken } from "../../src/client/auth/client-auth.ts";
import { createScimClient, type ScimClient } from "../../src/client/create-client.ts";
import { filter } from "../../src/client/resources/filter-template.ts";
import { UnauthorizedError } from "../../src/errors/request-errors.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { rejection } from "./scripted-server.ts";

const server = createServer();
let client: ScimClient;
let stranger: ScimClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`;
  const handler = createScimHandler({
    baseUrl,
    storage: memoryStorage(),
    authenticate: (request) => {
      if (request.headers.get("authorization") !== "Bearer right") throw new UnauthorizedError();
      return { id: "client", tenant: "acme", rights: "write" };
    },
  });
  server.on("request", toNodeListener(handler));
  client = createScimClient({ baseUrl, auth: bearerToken("right") });
  stranger = createScimClient({ baseUrl, auth: bearerToken("wrong") });
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

it("creates, reads, finds, changes and deletes users, over HTTP", async () => {
  const userName = 'O"Brien\\+é😀@example.org';
  const { resource, outcome } = await client.users.create({ userName, active: true, password: "t0p" });
  expect(outcome).toBe("created");
  const { id } = resource;
  expect(await client.users.get(id)).toEqual(resource);
  expect(await client.users.get(id, { attributes: ["userName"] })).not.toHaveProperty("active");
  const found = [];
  for await (const user of client.users.list({ filter: filter`userName eq ${userName}` })) found.push(user.id);
  expect(found).toEqual([id]);
  const replaced = await client.users.replace(id, { userName, displayName: "Brien" });
  expect(replaced?.displayName).toBe("Brien");
  const patched = await client.users.patch(id, [{ op: "replace", path: "active", value: false }]);
  expect(patched?.active).toBe(false);
  await client.users.delete(id);
  expect(await rejection(client.users.get(id))).toMatchObject({ name: "NotFoundError" });
});

it("gets errors of the classes that the server throws", async () => {
  await client.users.create({ userName: "twice" });
  expect(await rejection(client.users.create({ userName: "twice" }))).toMatchObject({
    name: "UniquenessError",
    status: 409,
  });
  expect(await rejection(stranger.users.get("1"))).toMatchObject({ name: "UnauthorizedError" });
  const broken = client.users.list({ filter: "userName eq" }).next();
  expect(await rejection(broken)).toMatchObject({ name: "InvalidFilterError" });
});

it("lists everything page by page, and knows that it is complete", async () => {
  const ids: string[] = [];
  for (let index = 0; index < 25; index += 1) {
    ids.push((await client.groups.create({ displayName: `Group ${index}` })).resource.id);
  }
  const pages = [];
  for await (const page of client.groups.pages({ pageSize: 10 })) pages.push(page);
  expect(pages.map(({ resources, complete }) => [resources.length, complete])).toEqual([
    [10, false],
    [10, false],
    [5, true],
  ]);
  expect(pages.flatMap(({ resources }) => resources.map(({ id }) => id)).sort()).toEqual(ids.sort());
});

it("changes members by PATCH, which may return nothing", async () => {
  const user = (await client.users.create({ userName: "member" })).resource;
  const group = (await client.groups.create({ displayName: "Members" })).resource;
  const added = [{ op: "add", path: "members", value: [{ value: user.id }] }] as const;
  expect(await client.groups.patch(group.id, added)).toBeUndefined();
  expect((await client.groups.get(group.id)).members).toMatchObject([{ value: user.id }]);
  await client.groups.patch(group.id, [{ op: "remove", path: `members[value eq ${JSON.stringify(user.id)}]` }]);
  expect((await client.groups.get(group.id)).members ?? []).toEqual([]);
});

it("discovers what the server can do", async () => {
  const { capabilities, failure } = await client.serviceProviderConfig();
  expect(failure).toBeUndefined();
  expect(capabilities).toMatchObject({ patch: true, filter: true, bulk: true, origin: { bulk: "discovered" } });
});
