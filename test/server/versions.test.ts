import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ResourceStorage } from "../../src/storage/resource-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import {
  type Answered,
  type App,
  createApp,
  createGroup,
  createUser,
  memberIds,
  patch,
  STORAGES,
  USER,
} from "../helpers/scim-app.ts";

const etagOf = (answer: Answered): string => answer.headers.get("etag") ?? "";
const versionOf = (answer: Answered): unknown => (answer.body.meta as { version?: string }).version;
const titled = (userName: string, title: string): object => ({ schemas: [USER], userName, title });
const retitle = (title: string): object => patch({ op: "replace", path: "title", value: title });

let app: App;

/** Each test has a server of its own over this storage. */
function setUp(storageName: string): void {
  beforeEach(() => {
    app = createApp({ storage: STORAGES[storageName]?.() });
  });
  afterEach(() => app.storage.close());
}

describe.each(Object.keys(STORAGES))("versions over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 41, 175] gives a weak ETag equal to meta.version on POST, GET, PUT and PATCH, and says so in its configuration", async () => {
    const posted = await app.send("POST", "/Users", titled("a", "x"));
    const url = `/Users/${posted.body.id}`;
    const read = await app.send("GET", url);
    const put = await app.send("PUT", url, titled("a", "y"));
    const patched = await app.send("PATCH", url, retitle("z"));
    for (const answer of [posted, read, put, patched]) {
      expect(etagOf(answer)).toMatch(/^W\/"[^"]+"$/);
      expect(versionOf(answer)).toBe(etagOf(answer));
    }
    expect(etagOf(read)).toBe(etagOf(posted));
    expect(new Set([posted, put, patched].map(etagOf)).size).toBe(3);
    const { body } = await app.send("GET", "/ServiceProviderConfig");
    expect(body.etag).toEqual({ supported: true });
  });

  it("[req 175] gives a 304 the headers that the 200 would have had", async () => {
    const id = await createUser(app, "a");
    const shown = await app.send("GET", `/Users/${id}`);
    for (const method of ["GET", "HEAD"]) {
      const known = await app.send(method, `/Users/${id}`, undefined, { "if-none-match": etagOf(shown) });
      expect([known.status, known.text]).toEqual([304, ""]);
      for (const name of ["etag", "content-location", "cache-control"]) {
        expect([name, known.headers.get(name)]).toEqual([name, shown.headers.get(name)]);
      }
    }
  });

  it("[req 175] tells a condition that does not hold from a lost race, though If-Match is *", async () => {
    const user = await app.send("POST", "/Users", titled("a", "x"));
    const url = `/Users/${user.body.id}`;
    const both = { "if-match": "*", "if-none-match": etagOf(user) };
    for (const [method, body] of [["PUT", titled("a", "y")], ["PATCH", retitle("y")], ["DELETE"]] as const) {
      const answer = await app.send(method, url, body, both);
      expect([method, answer.status]).toEqual([method, 412]);
      expect(answer.body.detail).toContain("If-None-Match");
    }
    expect((await app.send("GET", url)).text).toBe(user.text);
    const other = await app.send("PATCH", url, retitle("y"), { "if-match": "*", "if-none-match": '"x"' });
    expect(other.status).toBe(200);
  });

  it("[req 41] shows meta.version in listings, and leaves it out where it was not asked for", async () => {
    const posted = await app.send("POST", "/Users", titled("a", "x"));
    const { body } = await app.send("GET", "/Users");
    expect((body.Resources as Answered["body"][])[0]?.meta).toMatchObject({ version: etagOf(posted) });
    const lean = await app.send("GET", `/Users/${posted.body.id}?attributes=userName`);
    expect(lean.body.meta).toBeUndefined();
    expect(etagOf(lean)).toBe(etagOf(posted));
  });

  it("[req 177] changes the version with every effective change and with no other", async () => {
    const user = await app.send("POST", "/Users", titled("a", "x"));
    const url = `/Users/${user.body.id}`;
    expect(etagOf(await app.send("PUT", url, titled("a", "x")))).toBe(etagOf(user));
    expect(etagOf(await app.send("PATCH", url, retitle("x")))).toBe(etagOf(user));
    expect(etagOf(await app.send("PATCH", url, retitle("y")))).not.toBe(etagOf(user));
  });

  it("[req 177] gives a group a new version for a membership, which its 204 names, and keeps it where nothing changes", async () => {
    const user = await createUser(app, "a");
    const url = `/Groups/${await createGroup(app, "g")}`;
    const before = etagOf(await app.send("GET", url));
    const add = patch({ op: "add", path: "members", value: [{ value: user }] });
    const added = await app.send("PATCH", url, add);
    expect(added.status).toBe(204);
    expect(etagOf(added)).not.toBe(before);
    expect(etagOf(await app.send("GET", url))).toBe(etagOf(added));
    expect(etagOf(await app.send("PATCH", url, add))).toBe(etagOf(added));
  });
});

describe.each(Object.keys(STORAGES))("conditions on versions over %s storage", (storageName) => {
  setUp(storageName);

  it("[req 175] returns 304 without a body for a GET that has the version already", async () => {
    const user = await app.send("POST", "/Users", titled("a", "x"));
    const url = `/Users/${user.body.id}`;
    for (const header of [etagOf(user), `"other", ${etagOf(user)}`, etagOf(user).slice(2), "*"]) {
      const answer = await app.send("GET", url, undefined, { "if-none-match": header });
      expect([header, answer.status, answer.text]).toEqual([header, 304, ""]);
      expect(etagOf(answer)).toBe(etagOf(user));
    }
    const stale = await app.send("GET", url, undefined, { "if-none-match": 'W/"other"' });
    expect(stale.status).toBe(200);
  });

  it.each([
    ["PUT", titled("a", "new")],
    ["PATCH", retitle("new")],
    ["DELETE", undefined],
  ])("[req 175] returns 412 for a %s of an old version, and changes nothing", async (method, body) => {
    const user = await app.send("POST", "/Users", titled("a", "x"));
    const url = `/Users/${user.body.id}`;
    const stale = etagOf(user);
    await app.send("PATCH", url, retitle("y"));
    const before = await app.send("GET", url);
    for (const header of [stale, '"nonsense"', '""', ",", "garbage, more"]) {
      const answer = await app.send(method, url, body, { "if-match": header });
      expect([header, answer.status]).toEqual([header, 412]);
      expect(answer.body).toMatchObject({ status: "412" });
    }
    expect((await app.send("GET", url)).body).toEqual(before.body);
    const right = await app.send(method, url, body, { "if-match": `"a", ${etagOf(before)}` });
    expect(right.status).toBeLessThan(300);
  });

  it("[req 175] reads If-Match: * as any version, and returns 404 if there is none", async () => {
    const id = await createUser(app, "a");
    expect((await app.send("PATCH", `/Users/${id}`, retitle("y"), { "if-match": "*" })).status).toBe(200);
    expect((await app.send("PATCH", "/Users/nobody", retitle("y"), { "if-match": "*" })).status).toBe(404);
    expect((await app.send("DELETE", `/Users/${id}`, undefined, { "if-none-match": "*" })).status).toBe(412);
    expect((await app.send("DELETE", `/Users/${id}`, undefined, { "if-match": "*" })).status).toBe(204);
  });

  it("[req 175] holds a change of memberships to its If-Match too", async () => {
    const user = await createUser(app, "a");
    const id = await createGroup(app, "g");
    const first = etagOf(await app.send("GET", `/Groups/${id}`));
    const add = patch({ op: "add", path: "members", value: [{ value: user }] });
    expect((await app.send("PATCH", `/Groups/${id}`, add, { "if-match": first })).status).toBe(204);
    const remove = patch({ op: "remove", path: `members[value eq "${user}"]` });
    expect((await app.send("PATCH", `/Groups/${id}`, remove, { "if-match": first })).status).toBe(412);
    expect(await memberIds(app, id)).toEqual([user]);
  });

  it("[req 175, 176] lets one of many writers that hold the same version win", async () => {
    const user = await app.send("POST", "/Users", titled("a", "x"));
    const url = `/Users/${user.body.id}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        app.send("PATCH", url, retitle(`t${index}`), { "if-match": etagOf(user) }),
      ),
    );
    const winners = answers.filter((answer) => answer.status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 412)).toHaveLength(19);
    expect((await app.send("GET", url)).body.title).toBe(winners[0]?.body.title);
  });
});

describe("versions", () => {
  it("[req 175] are required for every write to a resource where the handler asks for them, with 428", async () => {
    const app = createApp({ requireIfMatch: true });
    const user = await app.send("POST", "/Users", titled("a", "x"));
    const url = `/Users/${user.body.id}`;
    for (const [method, body] of [["PUT", titled("a", "y")], ["PATCH", retitle("y")], ["DELETE"]] as const) {
      const answer = await app.send(method, url, body);
      expect([method, answer.status]).toEqual([method, 428]);
      expect(answer.body.detail).toContain("If-Match");
    }
    const answer = await app.send("PATCH", url, retitle("y"), { "if-match": etagOf(user) });
    expect(answer.status).toBe(200);
  });

  it("become entity tags whatever a storage of the application's own has for versions", async () => {
    const inner = STORAGES.memory?.();
    if (inner === undefined) throw new Error("no storage");
    const odd = `a "b" ü,*`;
    const app = createApp({ storage: inner, newId: oddIds(odd) });
    const user = await app.send("POST", "/Users", titled("a", "x"));
    expect(etagOf(user)).toMatch(/^W\/"[!#-~]+"$/);
    const url = `/Users/${encodeURIComponent(String(user.body.id))}`;
    expect((await app.send("GET", url, undefined, { "if-none-match": etagOf(user) })).status).toBe(304);
    expect((await app.send("PATCH", url, retitle("y"), { "if-match": etagOf(user) })).status).toBe(200);
  });

  it("[req 93] cost a GET of a group that is known nothing of its members", async () => {
    const storage = STORAGES.memory?.();
    if (storage === undefined) throw new Error("no storage");
    const pages: string[] = [];
    const app = createApp({ storage: watched(storage, pages) });
    const user = await createUser(app, "a");
    const id = await createGroup(app, "g", [user]);
    const first = await app.send("GET", `/Groups/${id}`);
    pages.length = 0;
    await app.send("GET", `/Groups/${id}`, undefined, { "if-none-match": etagOf(first) });
    expect(pages).toEqual([]);
  });
});

function oddIds(odd: string): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `${odd}${last}`;
  };
}

function watched(storage: Storage, pages: string[]): Storage {
  const watch = (resources: ResourceStorage): ResourceStorage => {
    const { members } = resources;
    if (members === undefined) return resources;
    return {
      ...resources,
      members: {
        ...members,
        page: (partition, groupId, query) => {
          pages.push(groupId);
          return members.page(partition, groupId, query);
        },
      },
    };
  };
  return { ...storage, resources: watch(storage.resources) };
}
