import { createSource } from "scimkit/source";
import { memoryStorage } from "scimkit/storage";
import { describe, expect, it } from "vitest";
import { createGroup, createUser } from "../helpers/scim-app.ts";
import { createSourceApp, createTestClock } from "../helpers/source-app.ts";

const KEY = { id: "one", key: new Uint8Array(32).fill(7) };

describe("lists of a source", () => {
  it("[req 124] go on by cursor in another process and with another token, where both have the key", async () => {
    const storage = memoryStorage();
    const first = await createSourceApp({ storage, cursorKeys: [KEY] });
    for (const name of ["a", "b", "c"]) await createUser(first, name);
    const { body } = await first.send("GET", "/Users?count=2&cursor=");
    const path = `/Users?count=2&cursor=${body.nextCursor}`;
    const second = await createSourceApp({ storage, cursorKeys: [KEY] });
    expect((await second.send("GET", path)).body.itemsPerPage).toBe(1);
    const stranger = await createSourceApp({ storage });
    expect((await stranger.send("GET", path)).body.scimType).toBe("invalidCursor");
  });

  it("[req 125] give nothing to another source that has the same key", async () => {
    const storage = memoryStorage();
    const one = await createSourceApp({ storage, cursorKeys: [KEY] });
    const other = await createSourceApp({ storage, cursorKeys: [KEY], slug: "other" });
    for (const name of ["a", "b", "c"]) await createUser(one, name);
    const { body } = await one.send("GET", "/Users?count=2&cursor=");
    const stolen = await other.send("GET", `/Users?count=2&cursor=${body.nextCursor}`);
    expect([stolen.status, stolen.body.scimType]).toEqual([400, "invalidCursor"]);
  });

  it("[req 23, 124] expire after the source's own time, which is advertised", async () => {
    const clock = createTestClock();
    const app = await createSourceApp({ storage: memoryStorage(), now: clock.now, cursorTimeout: 5 });
    for (const name of ["a", "b", "c"]) await createUser(app, name);
    const { body } = await app.send("GET", "/Users?count=2&cursor=");
    clock.advance(5001);
    const late = await app.send("GET", `/Users?count=2&cursor=${body.nextCursor}`);
    expect(late.body.scimType).toBe("expiredCursor");
    expect((await app.send("GET", "/ServiceProviderConfig")).body.pagination).toMatchObject({ cursorTimeout: 5 });
  });

  it("[req 94, 98] cover its root, and refuse the filters that it holds for sensitive", async () => {
    const app = await createSourceApp({ storage: memoryStorage(), sensitiveFilters: ["emails"] });
    await createGroup(app, "g", [await createUser(app, "a")]);
    expect((await app.send("GET", "")).body.totalResults).toBe(2);
    expect((await app.send("GET", "/?filter=emails%20pr")).body.scimType).toBe("sensitive");
  });

  it("are refused options that cannot be, when the source is made", () => {
    const options = { slug: "people", baseUrl: "https://app.example", storage: memoryStorage() };
    expect(() => createSource({ ...options, cursorTimeout: 0.5 })).toThrow("cursorTimeout");
    expect(() => createSource({ ...options, cursorKeys: [{ id: "x", key: "short" }] })).toThrow("cursorKeys");
    expect(() => createSource({ ...options, sensitiveFilters: ["nothing"] })).toThrow("sensitiveFilters");
  });
});
