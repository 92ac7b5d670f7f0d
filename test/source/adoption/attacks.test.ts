import { InvalidValueError } from "scimkit/errors";
import {
  type AdoptableAccount,
  type AdoptionOptions,
  createSource,
  createSources,
  type SourceOptions,
} from "scimkit/source";
import { memoryStorage, type Storage } from "scimkit/storage";
import { describe, expect, it } from "vitest";
import {
  AccountsOfApplication,
  type AdoptingApp,
  createAdoptingApp,
  ENTERPRISE,
  userWith,
} from "../../helpers/adopting-app.ts";
import { bulk } from "../../helpers/bulk-request.ts";
import { EVERY_STORAGE, patch } from "../../helpers/scim-app.ts";
import { type RecordingDirectory, sendTo } from "../../helpers/source-app.ts";

const set = (path: string, value: unknown): object => patch({ op: "replace", path, value });

/** An application with an account of an owner, before anybody attacks it. */
const inhabited = (): AccountsOfApplication =>
  new AccountsOfApplication().add("u1", {
    ...{ login: "root", email: "root@acme.example", employeeNumber: "E1", externalId: "x1" },
  });

/** What nobody outside must be able to change. */
const untouched = inhabited().accounts.get("u1");

async function expectRefused(app: AdoptingApp, attributes: object, status: number, reason: string): Promise<void> {
  const response = await app.post(attributes);
  expect([response.status, response.body.detail]).toEqual([status, expect.stringContaining(reason)]);
  expect([...app.directory.accounts]).toEqual([["u1", untouched]]);
  expect((await app.send("GET", "/Users")).body.totalResults).toBe(0);
}

describe("who must not get an account", () => {
  it("a user without the evidence: another number, a number in another case, none at all [req 76]", async () => {
    for (const employeeNumber of ["E2", "e1", "E1 ", undefined]) {
      const find = (): AdoptableAccount => app.directory.shown("u1", { by: "employeeNumber" });
      const app = await createAdoptingApp(inhabited(), { adopt: { find } });
      await expectRefused(app, { userName: "eve", employeeNumber }, 409, "does not hold for this user");
    }
  });

  it("a user with nothing else than the address or the user name of the account [req 76]", async () => {
    const asEvidence = ["root@acme.example", "ROOT", "root＠acme.example"];
    for (const value of asEvidence) {
      const directory = inhabited().add("u1", { ...untouched, externalId: value });
      const find = (): AdoptableAccount => directory.shown("u1", { by: "externalId" });
      const app = await createAdoptingApp(directory, { adopt: { find } });
      const response = await app.post({ userName: "root", externalId: value });
      expect([response.status, response.body.detail]).toEqual([409, expect.stringContaining("not sufficient")]);
      expect(directory.accounts.get("u1")?.scimId).toBeUndefined();
    }
  });

  it("a rule that matches by something else is a mistake of the application, named for the operator", async () => {
    for (const by of ["userName", "emails", "email", undefined]) {
      const find = () => app.directory.shown("u1", { by } as unknown as AdoptableAccount["evidence"]);
      const app = await createAdoptingApp(inhabited(), { adopt: { find } });
      await expectRefused(app, { userName: "root" }, 500, "");
      expect(app.events).toContainEqual(
        expect.objectContaining({
          type: "server.error",
          error: expect.objectContaining({ message: expect.stringContaining("never matched by an address") }),
        }),
      );
    }
  });

  it("a user of another customer, although the rule forgot to ask for it", async () => {
    const app = await createAdoptingApp(inhabited(), { adopt: { tenant: "evil" } });
    await expectRefused(app, { userName: "eve", employeeNumber: "E1" }, 409, "another customer");
  });

  it("a user with another externalId than the account has", async () => {
    const app = await createAdoptingApp(inhabited());
    await expectRefused(app, { userName: "eve", employeeNumber: "E1", externalId: "x2" }, 409, "another externalId");
    await expectRefused(app, { userName: "eve", employeeNumber: "E1" }, 409, "another externalId");
  });

  it("a user for whom nobody has approved it", async () => {
    const find = (): AdoptableAccount => app.directory.shown("u1", { by: "approved", externalId: "x9" });
    const app = await createAdoptingApp(inhabited(), { adopt: { find } });
    await expectRefused(app, { userName: "eve", externalId: "x8" }, 409, "does not hold");
    const approved = await app.post({ userName: "eve", externalId: "x9" });
    expect([approved.status, app.directory.accounts.get("u1")?.login]).toEqual([201, "root"]);
  });

  it("anybody, if the account is protected; protect is called with the account and not with the user", async () => {
    const asked: unknown[] = [];
    const protect: SourceOptions["protect"] = ({ applicationId, attributes }) => {
      asked.push([applicationId, attributes.userName]);
      return applicationId === "u1";
    };
    const app = await createAdoptingApp(inhabited(), { protect });
    await expectRefused(app, { userName: "eve", employeeNumber: "E1", externalId: "x1" }, 403, "protected");
    expect(asked).toEqual([["u1", "root"]]);
  });

  it("an inactive user an active account, which it would lock out; an active user a deactivated one", async () => {
    const app = await createAdoptingApp(inhabited());
    const user = { userName: "eve", employeeNumber: "E1", externalId: "x1" };
    await expectRefused(app, { ...user, active: false }, 409, "it is active");
    app.directory.add("u1", { ...untouched, active: false });
    const activated = await app.post(user);
    expect([activated.status, activated.body.detail]).toEqual([409, expect.stringContaining("it is deactivated")]);
    expect(app.directory.accounts.get("u1")?.active).toBe(false);
  });
});

describe("what does not lead to an account", () => {
  it("a user with a foreign domain, or whose address changes to one later", async () => {
    const app = await createAdoptingApp(inhabited(), { domains: ["acme.example"] });
    const user = { userName: "eve@evil.example", employeeNumber: "E1", externalId: "x1" };
    await expectRefused(app, user, 400, "domain");
    const { body } = await app.post({ ...user, userName: "eve@acme.example" });
    const statuses = [];
    for (const [path, value] of [
      ["userName", "root@evil.example"],
      ["emails", [{ value: "root@evil.example", primary: true }]],
    ] as const) {
      statuses.push((await app.send("PATCH", `/Users/${body.id}`, set(path, value))).status);
    }
    expect(statuses).toEqual([400, 400]);
    expect(app.directory.accounts.get("u1")).toMatchObject({ login: "root", email: "root@acme.example" });
  });

  it("a user that exists already and takes on the number or the name of an account", async () => {
    const app = await createAdoptingApp(inhabited());
    const { body } = await app.post({ userName: "eve" });
    const path = `/Users/${body.id}`;
    await app.send("PATCH", path, set(`${ENTERPRISE}:employeeNumber`, "E1"));
    await app.send("PUT", path, userWith({ ...{ userName: "root2", externalId: "x1" }, employeeNumber: "E1" }));
    expect(app.directory.accounts.get("u1")).toEqual(untouched);
    expect(app.directory.accounts.get("made 1")?.login).toBe("root2");
  });
});

describe("one account and several users", () => {
  const user = { employeeNumber: "E1", externalId: "x1" };

  it.each(["sync", "outbox"] as const)(
    "all operations of a bulk request but one are refused, with %s",
    async (delivery) => {
      const app = await createAdoptingApp(inhabited(), { delivery });
      const operation = (userName: string): object => ({
        ...{ method: "POST", path: "/Users", bulkId: userName, data: userWith({ ...user, ...{ userName } }) },
      });
      const Operations = ["a", "b", "c"].map(operation);
      const { body } = await app.send("POST", "/Bulk", bulk(Operations));
      const statuses = (body.Operations as { status: string }[]).map(({ status }) => status);
      expect(statuses).toEqual(["201", "409", "409"]);
      await app.source.idle();
      expect([...app.directory.accounts.keys()]).toEqual(["u1"]);
      expect((await app.source.requests()).find(({ route }) => route === "/Bulk")?.adopted).toEqual(["u1"]);
    },
  );

  const ways = (["joined", "sync", "outbox"] as const).flatMap((delivery) =>
    Object.keys(EVERY_STORAGE)
      .filter((storage) => delivery !== "joined" || storage !== "memory")
      .map((storage) => [delivery, storage] as const),
  );

  it.each(ways)("one of ten parallel requests to two sources gets it, with %s over %s", async (delivery, name) => {
    const storage = EVERY_STORAGE[name]?.() as Storage;
    const directory = inhabited();
    const apps = [
      await createAdoptingApp(directory, { storage, delivery, slug: "one" }),
      await createAdoptingApp(directory, { storage, delivery, slug: "two" }),
    ];
    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, n) => apps[n % 2]?.post({ ...user, ...{ userName: `user ${n}` } })),
    );
    await Promise.all(apps.map(({ source }) => source.idle()));
    const statuses = responses.map((response) => response?.status).sort();
    expect(statuses).toEqual([201, ...Array(9).fill(409)]);
    expect([...directory.accounts.keys()]).toEqual(["u1"]);
    const adopted = directory.calls.filter(({ context }) => context.applicationId === "u1");
    expect(new Set(adopted.map(({ id }) => id)).size).toBe(1);
    await storage.close();
  });
});

describe("accounts of several sources", () => {
  const user = { employeeNumber: "E1", externalId: "x1" };

  it("an account of another source, created or adopted, is refused; that of a removed source can be taken over", async () => {
    const storage = memoryStorage();
    const directory = inhabited();
    const adopt: AdoptionOptions = { tenant: "acme", find: (request) => directory.find("employeeNumber", request) };
    const sources = createSources({
      storage,
      baseUrl: "https://app.example",
      timer: false,
      checkMs: 1,
      resolve: (slug) => ({ directory, adopt: slug === "plain" ? undefined : adopt }),
    });
    const post = async (slug: string, attributes: object) => {
      const source = await sources.get(slug);
      const { token } = (await source?.tokens.issue({ name: "t" })) ?? {};
      if (source === undefined) throw new Error("no source");
      return sendTo(source, token, { method: "POST", path: "/Users", body: userWith(attributes) });
    };
    expect((await post("plain", { userName: "bob", employeeNumber: "E7" })).status).toBe(201);
    directory.add("made 1", { ...directory.accounts.get("made 1"), employeeNumber: "E7" });
    const bob = { userName: "bobby", employeeNumber: "E7" };
    expect((await post("one", bob)).body.detail).toContain("another resource has already");
    expect((await post("one", { ...user, userName: "a" })).status).toBe(201);
    expect((await post("two", { ...user, userName: "b" })).status).toBe(409);
    await sources.rename("one", "first");
    expect((await post("one", { ...user, userName: "c" })).status).toBe(409);
    expect((await post("first", { ...user, userName: "d" })).status).toBe(409);
    await sources.remove("first", { objects: "keep" });
    expect((await post("two", { ...user, userName: "b" })).status).toBe(201);
    expect((await post("one", { ...user, userName: "c" })).status).toBe(409);
  });

  it("customers whose accounts have the same ids do not keep each other from adopting", async () => {
    const storage = memoryStorage();
    const ours = await createAdoptingApp(inhabited(), { storage, slug: "ours" });
    const theirs = new AccountsOfApplication().add("u1", { tenant: "other", employeeNumber: "E1", externalId: "x1" });
    const other = await createAdoptingApp(theirs, { storage, slug: "theirs", adopt: { tenant: "other" } });
    expect((await ours.post({ ...user, ...{ userName: "a" } })).status).toBe(201);
    expect((await other.post({ ...user, ...{ userName: "a" } })).status).toBe(201);
  });

  it("a directory that returns the id of an adopted account for another user is refused", async () => {
    const storage = memoryStorage();
    const one = await createAdoptingApp(inhabited(), { storage, slug: "one" });
    await one.post({ ...user, ...{ userName: "a" } });
    const careless = new AccountsOfApplication();
    const two = await createAdoptingApp(careless, { storage, slug: "two", adopt: { find: () => undefined } });
    (careless as RecordingDirectory).saved = () => ({ id: "u1" });
    const response = await two.post({ userName: "eve" });
    expect([response.status, response.body.scimType]).toEqual([409, "uniqueness"]);
  });

  it("a deleted user keeps its account for the day when it is restored", async () => {
    const app = await createAdoptingApp(inhabited(), { recreate: "restore" });
    const { body } = await app.post({ ...user, ...{ userName: "a" } });
    await app.send("DELETE", `/Users/${body.id}`);
    app.directory.add("u1", {
      ...app.directory.accounts.get("u1"),
      employeeNumber: "E1",
      externalId: "x1",
      active: true,
    });
    expect((await app.post({ ...user, ...{ userName: "b" } })).status).toBe(409);
    expect((await app.post({ ...user, ...{ userName: "a" } })).body.id).toBe(body.id);
  });

  it("an account is free again when the directory rejects the user", async () => {
    const app = await createAdoptingApp(inhabited());
    app.directory.before = () => {
      throw new InvalidValueError("not today");
    };
    expect((await app.post({ ...user, ...{ userName: "a" } })).status).toBe(400);
    app.directory.before = () => {};
    expect((await app.post({ ...user, ...{ userName: "b" } })).status).toBe(201);
  });
});

it("adopt needs a directory, a customer and a rule", () => {
  const base = { slug: "a", baseUrl: "https://app.example", storage: memoryStorage(), timer: false as const };
  const find = (): undefined => undefined;
  expect(() => createSource({ ...base, adopt: { tenant: "a", find } })).toThrow("adopt: needs a directory");
  const directory = new AccountsOfApplication();
  expect(() => createSource({ ...base, directory, adopt: { tenant: "", find } })).toThrow("adopt.tenant");
  expect(() => createSource({ ...base, directory, adopt: { find } as never })).toThrow("adopt.tenant");
});
