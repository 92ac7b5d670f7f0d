import { ForbiddenError } from "scimkit/errors";
import { createSource } from "scimkit/source";
import { memoryStorage, type Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Accounts } from "../../helpers/account-tables.ts";
import { createUser, EVERY_STORAGE, patch, USER } from "../../helpers/scim-app.ts";
import { createSourceApp, createTestClock, type SourceApp, type TestClock } from "../../helpers/source-app.ts";

const deactivate = patch({ op: "replace", path: "active", value: false });

describe.each(["sqlite", "postgres"])("a directory joined to %s storage", (name) => {
  let storage: Storage;
  let accounts: Accounts;
  let clock: TestClock;
  let app: SourceApp;
  beforeEach(async () => {
    storage = EVERY_STORAGE[name]?.() as Storage;
    accounts = await new Accounts(storage).create();
    clock = createTestClock();
    app = await createSourceApp({ storage, directory: accounts, delivery: "joined", now: clock.now, timer: false });
  });
  afterEach(() => storage.close());

  it("writes to its own tables in the transaction of the resource", async () => {
    const id = await createUser(app, "ada");
    expect((await accounts.read()).users).toEqual({ [id]: { login: "ada", title: "", active: true } });
    expect((await app.send("PUT", `/Users/${id}`, { schemas: [USER], userName: "bob" })).status).toBe(200);
    expect((await accounts.read()).users[id]).toMatchObject({ login: "bob" });
    expect((await app.send("DELETE", `/Users/${id}`)).status).toBe(204);
    expect((await accounts.read()).users).toEqual({});
    expect(await storage.state.scan("application-ids", { take: 9 })).toEqual([]);
  });

  it("takes back everything when it rejects a change, or fails after its own writes", async () => {
    const save = accounts.saveUser.bind(accounts);
    for (const [error, status] of [
      [new ForbiddenError("No seats left"), 403],
      [new Error("lost"), 500],
    ] as const) {
      accounts.saveUser = async (user, context) => {
        await save(user, context);
        throw error;
      };
      expect((await app.send("POST", "/Users", { schemas: [USER], userName: "ada" })).status).toBe(status);
      expect((await accounts.read()).users).toEqual({});
      expect((await app.send("GET", "/Users")).body.totalResults).toBe(0);
    }
    expect(await storage.state.scan("intents", { take: 9 })).toEqual([]);
  });

  it("commits twenty changes at once, each whole", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => app.send("POST", "/Users", { schemas: [USER], userName: `user ${n % 15}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(15).fill(201), ...Array(5).fill(409)]);
    expect(Object.keys((await accounts.read()).users)).toHaveLength(15);
  });

  it("has the flag set before sessions end; what fails is a 500, and the repetition ends them", async () => {
    const id = await createUser(app, "ada");
    await accounts.logIn(id);
    accounts.failures = 1;
    const answer = await app.send("PATCH", `/Users/${id}`, deactivate);
    expect([answer.status, answer.body.detail]).toEqual([500, expect.stringContaining("not all sessions")]);
    const after = await accounts.read();
    expect([after.users[id], after.sessions]).toEqual([{ login: "ada", title: "", active: false }, [id]]);
    expect((await app.send("PATCH", `/Users/${id}`, deactivate)).status).toBe(503);
    clock.advance(1000);
    accounts.failures = 1;
    expect((await app.send("PATCH", `/Users/${id}`, deactivate)).status).toBe(503);
    clock.advance(1000);
    expect((await app.send("PATCH", `/Users/${id}`, deactivate)).status).toBe(200);
    expect((await accounts.read()).sessions).toEqual([]);
  });

  it("has sessions ended by the background task, if nothing else repeats it", async () => {
    const id = await createUser(app, "ada");
    await accounts.logIn(id);
    accounts.failures = 1;
    await app.send("PATCH", `/Users/${id}`, deactivate);
    clock.advance(1000);
    expect(await app.source.settle()).toBe(1);
    expect((await accounts.read()).sessions).toEqual([]);
  });

  it("gives its connection for its own transactions only", async () => {
    await expect(storage.transaction(async (tx) => typeof storage.connectionOf?.(tx))).resolves.toBe("object");
    expect(() => storage.connectionOf?.(undefined)).toThrow(TypeError);
    const ended = await storage.transaction(async (tx) => tx);
    expect(() => storage.connectionOf?.(ended)).toThrow("must be given a transaction of this storage");
  });
});

describe("a delivery that its storage cannot do", () => {
  const make = (options: object) => () =>
    createSource({ slug: "people", baseUrl: "https://app.example", storage: memoryStorage(), ...options });
  const directory = new Accounts();

  it.each([
    [{ directory, delivery: "joined" }, 'createSource: delivery: "joined" needs a storage with connectionOf'],
    [{ delivery: "outbox" }, 'createSource: delivery: "outbox" needs a directory'],
    [{ passwords: { hash: async () => "" } }, "createSource: passwords: can only be delivered to a directory"],
    [{ directory, delivery: "outbox", passwords: "deliver" }, "createSource: passwordKeys: needed"],
    [{ directory, delivery: "later" }, "createSource: delivery: must be"],
  ])("is refused when the source is made: %o", (options, message) => {
    expect(make(options)).toThrow(message);
  });
});
