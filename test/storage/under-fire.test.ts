import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Storage } from "../../src/storage/storage.ts";
import { type App, createApp, createGroup, createUser, memberIds, patch, USER } from "../helpers/scim-app.ts";
import { DRIVERS } from "./under-fire-drivers.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
const users = { tenant: "acme", type: "User" };
const groups = { tenant: "acme", type: "Group" };

/** How often each status was answered. */
function tally(answers: readonly { readonly status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-under-fire-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let storage: Storage;
let app: App;

const listed = async (partition: typeof users) => (await storage.resources.list(partition, { take: 1000 })).resources;

/** Each test has a server of its own over a storage of this driver. */
function setUp(create: (typeof DRIVERS)[number]["create"]): void {
  beforeEach(async () => {
    storage = await create(directory);
    app = createApp({ storage });
  });
  afterEach(() => storage.close());
}

describe.each(DRIVERS)("requests at the same time over $name", ({ create }) => {
  setUp(create);

  it("create one user of a hundred that ask for the same name, in whatever case [req 75]", async () => {
    const names = ["ada", "Ada", "ADA"];
    const answers = await Promise.all(
      upTo(100).map((n) => app.send("POST", "/Users", { schemas: [USER], userName: names[n % 3], nickName: `${n}` })),
    );
    expect(tally(answers)).toEqual({ 201: 1, 409: 99 });
    for (const { status, body } of answers) if (status === 409) expect(body.scimType).toBe("uniqueness");
    const created = answers.find(({ status }) => status === 201)?.body;
    expect((await listed(users)).map(({ id, attributes }) => [id, attributes.nickName])).toEqual([
      [created?.id, created?.nickName],
    ]);
  });

  it("lose none of a hundred members that a hundred PATCHes add, and take out those that others remove [req 176]", async () => {
    const ids = await Promise.all(upTo(100).map((n) => createUser(app, `user-${n}`)));
    const group = await createGroup(app, "Everybody");
    const add = (value: string) => patch({ op: "add", path: "members", value: [{ value }] });
    const added = await Promise.all(ids.map((id) => app.send("PATCH", `/Groups/${group}`, add(id))));
    expect(added.every(({ status }) => status === 204 || status === 200)).toBe(true);
    expect(await memberIds(app, group)).toEqual(ids.toSorted());
    const removed = await Promise.all(
      ids.slice(0, 50).map((id) => {
        const path = `members[value eq "${id}"]`;
        return app.send("PATCH", `/Groups/${group}`, patch({ op: "remove", path }));
      }),
    );
    expect(removed.every(({ status }) => status < 300)).toBe(true);
    const left = await storage.resources.members?.page(groups, group, { take: 1000 });
    expect(left?.members.map((member) => member.value).sort()).toEqual(ids.slice(50).sort());
  });

  it("keep what each of many PATCHes of different attributes changed [req 176]", async () => {
    const id = await createUser(app, "ada");
    const paths = ["title", "nickName", "displayName", "locale", "timezone", "userType", "preferredLanguage"];
    const more = ["name.givenName", "name.familyName", "name.middleName", 'emails[type eq "work"].value'];
    const answers = await Promise.all(
      [...paths, ...more].map((path) =>
        app.send("PATCH", `/Users/${id}`, patch({ op: "add", path, value: `new ${path.slice(0, 6)}` })),
      ),
    );
    expect(answers.map(({ status }) => status).filter((status) => status >= 300)).toEqual([]);
    const attributes = (await storage.resources.find(users, id))?.attributes ?? {};
    for (const path of paths) expect(attributes[path]).toBe(`new ${path.slice(0, 6)}`);
    expect(attributes.name).toEqual({ givenName: "new name.g", familyName: "new name.f", middleName: "new name.m" });
    expect(attributes.emails).toMatchObject([{ type: "work", value: "new emails" }]);
  });
});

describe.each(DRIVERS)("requests for one user at the same time over $name", ({ create }) => {
  setUp(create);

  it("lets one of many that hold the same version write, and tells the others [req 175]", async () => {
    const id = await createUser(app, "ada");
    const etag = (await app.send("GET", `/Users/${id}`)).headers.get("etag") ?? "";
    const answers = await Promise.all(
      upTo(20).map((n) =>
        app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "title", value: `${n}` }), { "if-match": etag }),
      ),
    );
    expect([tally(answers)[412], answers.filter(({ status }) => status < 300).length]).toEqual([19, 1]);
  });

  it("leave nothing of a user who is deleted while it is patched and added to groups", async () => {
    const group = await createGroup(app, "Leavers");
    for (const round of upTo(10)) {
      const id = await createUser(app, `leaver-${round}`);
      const change = patch({ op: "add", path: "title", value: "gone" });
      const join = patch({ op: "add", path: "members", value: [{ value: id }] });
      const [renamed, deleted, joined] = await Promise.all([
        app.send("PATCH", `/Users/${id}`, change),
        app.send("DELETE", `/Users/${id}`),
        app.send("PATCH", `/Groups/${group}`, join),
      ]);
      expect(deleted.status).toBe(204);
      expect([200, 204, 404]).toContain(renamed.status);
      expect([200, 204, 400]).toContain(joined.status);
      expect((await app.send("GET", `/Users/${id}`)).status).toBe(404);
    }
    expect(await listed(users)).toEqual([]);
    expect((await storage.resources.members?.page(groups, group, { take: 9 }))?.members).toEqual([]);
    expect(await createUser(app, "leaver-0")).toEqual(expect.any(String));
  });

  it("delete a user once, and give the name to one of those who wait for it", async () => {
    const id = await createUser(app, "wanted");
    const create = () => app.send("POST", "/Users", { schemas: [USER], userName: "wanted" });
    const deletes = upTo(10).map(() => app.send("DELETE", `/Users/${id}`));
    const creates = upTo(20).map(create);
    expect(tally(await Promise.all(deletes))).toEqual({ 204: 1, 404: 9 });
    const answers = await Promise.all(creates);
    expect(tally(answers)[201] ?? 0).toBeLessThan(2);
    if (tally(answers)[201] === undefined) expect((await create()).status).toBe(201);
    expect((await listed(users)).length).toBe(1);
  });
});
