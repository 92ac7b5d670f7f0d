import { memoryStorage } from "scimkit";
import { describe, expect, it } from "vitest";
import type { ListQuery } from "../../src/storage/list-query.ts";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import { BASE_URL, createApp, ENTERPRISE, EVERY_STORAGE, patch, USER } from "../helpers/scim-app.ts";

const MANAGER = `${ENTERPRISE}:manager`;

const person = (userName: string, manager?: object, displayName = `${userName} shown`) => ({
  schemas: [USER, ENTERPRISE],
  ...{ userName, displayName },
  ...(manager === undefined ? {} : { [ENTERPRISE]: { manager } }),
});

const managerIn = ({ body }: { body: Record<string, unknown> }): unknown =>
  (body[ENTERPRISE] as { manager?: unknown } | undefined)?.manager;

describe.each(Object.keys(EVERY_STORAGE))("the name of a manager over %s storage", (name) => {
  const app = () => createApp({ storage: EVERY_STORAGE[name]?.() ?? memoryStorage() });

  it("is read-only on every verb, and shown where the manager is known", async () => {
    const { send } = app();
    const boss = String((await send("POST", "/Users", person("boss"))).body.id);
    const shown = { value: boss, displayName: "boss shown", $ref: `${BASE_URL}/Users/${boss}` };
    const posted = await send("POST", "/Users", person("anna", { value: boss, displayName: "Sent" }));
    const path = `/Users/${posted.body.id}`;
    expect(managerIn(posted)).toEqual(shown);
    const put = person("anna", { value: boss, displayName: "Sent" });
    expect(managerIn(await send("PUT", path, put))).toEqual(shown);
    for (const operation of [
      { op: "replace", path: MANAGER, value: { value: boss, displayName: "Sent" } },
      { op: "add", value: { [ENTERPRISE]: { manager: { value: boss, displayName: "Sent" } } } },
      { op: "replace", value: { [MANAGER]: { value: boss, displayName: "Sent" } } },
    ]) {
      await send("PATCH", path, patch(operation));
      expect(managerIn(await send("GET", path))).toEqual(shown);
    }
    const direct = await send("PATCH", path, patch({ op: "replace", path: `${MANAGER}.displayName`, value: "Sent" }));
    expect([direct.status, direct.body.scimType]).toEqual([400, "mutability"]);
    await send("PATCH", `/Users/${boss}`, patch({ op: "replace", path: "displayName", value: "Renamed" }));
    expect(managerIn(await send("GET", path))).toEqual({ ...shown, displayName: "Renamed" });
  });
  it("is not shown for a manager who is unknown, of another tenant, or was deleted", async () => {
    const { send, as } = app();
    const foreign = (await as("other").send("POST", "/Users", person("foreign"))).body.id;
    for (const value of ["nobody", String(foreign)]) {
      const { body } = await send("POST", "/Users", person(`of-${value}`, { value }));
      expect(managerIn(await send("GET", `/Users/${body.id}`))).toEqual({ value });
    }
    const boss = (await send("POST", "/Users", person("boss"))).body.id;
    const anna = (await send("POST", "/Users", person("anna", { value: boss }))).body.id;
    await send("DELETE", `/Users/${boss}`);
    expect(managerIn(await send("GET", `/Users/${anna}`))).toEqual({ value: boss });
  });
  it("is shown in lists, as the projection says", async () => {
    const { send } = app();
    const bosses: unknown[] = [];
    for (let n = 0; n < 3; n += 1) bosses.push((await send("POST", "/Users", person(`boss${n}`))).body.id);
    for (let n = 0; n < 9; n += 1) await send("POST", "/Users", person(`user${n}`, { value: bosses[n % 3] }));
    const list = async (query: string) => {
      const { body } = await send("GET", `/Users?filter=userName%20sw%20%22user%22&sortBy=userName${query}`);
      return (body.Resources as Record<string, unknown>[]).map((user) => managerIn({ body: user }));
    };
    const names = (await list("")).map((manager) => (manager as { displayName: string }).displayName);
    expect(names).toEqual(Array.from({ length: 9 }, (_, n) => `boss${n % 3} shown`));
    expect((await list(`&attributes=${MANAGER}.displayName`))[0]).toEqual({ displayName: "boss0 shown" });
    expect((await list(`&excludedAttributes=${MANAGER}.displayName,${MANAGER}.$ref`))[1]).toEqual({ value: bosses[1] });
    expect((await list("&attributes=userName"))[0]).toBeUndefined();
  });
  it("cannot be searched or sorted by, since it is not stored", async () => {
    const { send } = app();
    const filtered = await send("GET", `/Users?filter=${encodeURIComponent(`${MANAGER}.displayName eq "Anna"`)}`);
    expect([filtered.status, filtered.body.scimType]).toEqual([400, "invalidFilter"]);
    expect(filtered.body.detail).toContain("use value");
    expect((await send("GET", `/Users?sortBy=${MANAGER}.displayName`)).status).toBe(400);
    expect((await send("GET", `/Users?filter=${encodeURIComponent(`${MANAGER}[displayName pr]`)}`)).status).toBe(400);
  });
});

it("the managers of a page are looked up together", async () => {
  const storage = memoryStorage();
  const queries: ListQuery[] = [];
  let finds = 0;
  const { resources } = storage;
  const counted: ResourceStorage = {
    ...{ capabilities: resources.capabilities, members: resources.members, checkUnique: resources.checkUnique },
    insert: (...args) => resources.insert(...args),
    replace: (...args) => resources.replace(...args),
    remove: (...args) => resources.remove(...args),
    find: (...args) => {
      finds += 1;
      return resources.find(...args);
    },
    list: (partition, query) => {
      queries.push(query);
      return resources.list(partition, query);
    },
  };
  const { send } = createApp({ storage: { ...storage, resources: counted } as never });
  const bosses: unknown[] = [];
  for (let n = 0; n < 20; n += 1) bosses.push((await send("POST", "/Users", person(`boss${n}`))).body.id);
  for (const value of bosses) await send("POST", "/Users", person(`of-${value}`, { value }));
  [finds, queries.length] = [0, 0];
  const { body } = await send(
    "GET",
    "/Users?count=100&attributes=userName,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  );
  expect(body.totalResults).toBe(40);
  expect([finds, queries.length]).toEqual([0, 2]);
});
