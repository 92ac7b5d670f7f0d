import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PreconditionFailedError } from "../../src/errors/request-errors.ts";
import type { MemberStorage } from "../../src/storage/member-storage.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import {
  type App,
  createApp,
  createGroup,
  createUser,
  EVERY_STORAGE,
  GROUP,
  memberIds,
  patch,
  USER,
} from "../helpers/scim-app.ts";

const statuses = (answers: readonly { status: number }[]): number[] => [
  ...new Set(answers.map(({ status }) => status)),
];

describe.each(Object.keys(EVERY_STORAGE))("writers of one resource at once, over %s storage", (storageName) => {
  let app: App;
  beforeEach(() => {
    app = createApp({ storage: EVERY_STORAGE[storageName]?.() });
  });
  afterEach(() => app.storage.close());

  it("[req 176] all get through, however many they are, and nothing is lost", async () => {
    const id = await createUser(app, "a");
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "emails", value: [{ value: `${index}@x` }] })),
      ),
    );
    expect(statuses(answers)).toEqual([200]);
    expect((await app.send("GET", `/Users/${id}`)).body.emails).toHaveLength(120);
  });

  it("[req 164] leave no member behind that was deleted while it was added", async () => {
    const users = await Promise.all(Array.from({ length: 20 }, (_, index) => createUser(app, `u${index}`)));
    const group = await createGroup(app, "g");
    await Promise.all(
      users.flatMap((user, index) => [
        app.send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: [{ value: user }] })),
        ...(index % 2 === 0 ? [app.send("DELETE", `/Users/${user}`)] : []),
      ]),
    );
    expect(await memberIds(app, group)).toEqual(users.filter((_, index) => index % 2 === 1).sort());
  });
});

describe("writers of one resource in one process", () => {
  it("take turns, so that each reads the resource once", async () => {
    const storage = memoryStorage();
    let reads = 0;
    const find: typeof storage.resources.find = (...asked) => {
      reads += 1;
      return storage.resources.find(...asked);
    };
    const app = createApp({ storage: { ...storage, resources: { ...storage.resources, find } } });
    const id = await createUser(app, "a");
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        app.send("PATCH", `/Users/${id}`, patch({ op: "replace", path: "title", value: `${index}` })),
      ),
    );
    expect([statuses(answers), reads]).toEqual([[200], 200]);
    expect((await app.send("GET", `/Users/${id}`)).body.title).toBe("199");
  });

  it("do not wait forever for a hook that writes to the same resource", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      let isFirst = true;
      const app = createApp({
        hooks: {
          beforeWrite: async ({ action, id }) => {
            if (action !== "patch" || !isFirst) return;
            isFirst = false;
            await app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "nickName", value: "inner" }));
          },
        },
      });
      const id = await createUser(app, "a");
      const answer = app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "title", value: "outer" }));
      await vi.advanceTimersByTimeAsync(10_000);
      expect((await answer).body).toMatchObject({ title: "outer", nickName: "inner" });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("what comes between reading and writing", () => {
  it("[req 133, 176] makes a PUT read a group's members again when one is added meanwhile", async () => {
    const storage = memoryStorage();
    const plain = createApp({ storage });
    const [a, b, c] = [await createUser(plain, "a"), await createUser(plain, "b"), await createUser(plain, "c")];
    const group = await createGroup(plain, "g", [a]);
    const { members } = storage.resources;
    if (members === undefined) throw new Error("memory has members");
    let interfere = true;
    const interrupted: MemberStorage = {
      ...members,
      page: async (partition, id, query) => {
        const page = await members.page(partition, id, query);
        if (interfere) {
          interfere = false;
          await plain.send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: [{ value: b }] }));
        }
        return page;
      },
    };
    const slow = createApp({ storage: { ...storage, resources: { ...storage.resources, members: interrupted } } });
    const members_ = [{ value: c }];
    const put = await slow.send("PUT", `/Groups/${group}`, { schemas: [GROUP], displayName: "g", members: members_ });
    expect(put.status).toBe(200);
    expect(await memberIds(plain, group)).toEqual([c]);
  });

  it("does not read a hook's 412 as a lost race: it is called once and its rejection is a 409", async () => {
    let asked = 0;
    const app = createApp({
      hooks: {
        beforeWrite: ({ action }) => {
          if (action !== "patch") return;
          asked += 1;
          throw new PreconditionFailedError("Not while the books are closed");
        },
      },
    });
    const id = await createUser(app, "a");
    const answer = await app.send("PATCH", `/Users/${id}`, patch({ op: "add", path: "title", value: "t" }));
    expect([answer.status, answer.body.detail, asked]).toEqual([409, "Not while the books are closed", 1]);
  });
});

describe("a handler that is given what it cannot use", () => {
  it.each([0, 42, 200, 204, 302, 600, Number.NaN])(
    "[req 187] returns 500 for an error of status %j",
    async (status) => {
      const { ScimError } = await import("../../src/errors/scim-error.ts");
      const app = createApp({
        authenticate: () => {
          throw new ScimError("secret", { status });
        },
      });
      const answer = await app.send("GET", "/Users");
      expect([answer.status, answer.text.includes("secret")]).toEqual([500, false]);
      expect(app.events).toContainEqual(expect.objectContaining({ type: "server.error" }));
    },
  );

  it("[req 187] returns 500 if ids, the clock or a stored attribute fail", async () => {
    const failing = () => {
      throw new Error("secret");
    };
    for (const options of [{ newId: failing }, { now: failing }, { now: () => Number.NaN }]) {
      const answer = await createApp(options).send("POST", "/Users", { schemas: [USER], userName: "a" });
      expect([answer.status, answer.body.status, answer.text.includes("secret")]).toEqual([500, "500", false]);
    }
    const storage = memoryStorage();
    const odd = { id: "a", version: "1", created: "", lastModified: "", attributes: { userName: 1n }, unique: [] };
    const resources = { ...storage.resources, find: async () => odd };
    expect((await createApp({ storage: { ...storage, resources } }).send("GET", "/Users/a")).status).toBe(500);
  });

  it("lets an observer that fails later fail alone", async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", listen);
    const app = createApp({ observe: async () => Promise.reject(new Error("the log is full")) });
    expect((await app.send("GET", "/Users")).status).toBe(200);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", listen);
    expect(unhandled).toEqual([]);
  });

  it("[req 40] names a resource's place in Content-Location whenever it shows one", async () => {
    const app = createApp();
    const created = await app.send("POST", "/Users", { schemas: [USER], userName: "a" });
    const { location } = created.body.meta as { location: string };
    const path = `/Users/${created.body.id}`;
    const answers = [
      created,
      await app.send("GET", `${path}?attributes=userName`),
      await app.send("PUT", path, { schemas: [USER], userName: "a" }),
      await app.send("PATCH", path, patch({ op: "add", path: "title", value: "t" })),
    ];
    expect(answers.map(({ headers }) => headers.get("content-location"))).toEqual(answers.map(() => location));
  });
});
