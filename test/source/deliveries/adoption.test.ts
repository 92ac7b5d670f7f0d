import type { AdoptedAccount, AdoptRule, DeliveryMode, GuardedResource, SourceOptions } from "scimkit/source";
import type { Storage } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { describe, expect, it } from "vitest";
import { patch, USER } from "../../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory } from "../../helpers/source-app.ts";

/** The application's own accounts, by the number that both sides know. */
const ACCOUNTS: Readonly<Record<string, AdoptedAccount>> = {
  "7": { id: "acc-7", by: "employeeNumber", identity: { userName: "ada.old", emails: [{ value: "ada@old.example" }] } },
  "1": { id: "acc-1", by: "employeeNumber", identity: { userName: "root" } },
};

const byNumber: AdoptRule = ({ attributes }) => ACCOUNTS[String(attributes.externalId)];

const user = (userName: string, externalId: string, more: object = {}): object => ({
  ...{ schemas: [USER], userName, externalId, displayName: "Ada L.", emails: [{ value: `${userName}@new.example` }] },
  ...more,
});

async function appWith(delivery: DeliveryMode, options: Partial<SourceOptions> = {}) {
  const directory = new RecordingDirectory();
  const clock = createTestClock();
  const storage: Storage = options.storage ?? sqliteStorage(":memory:");
  const all = { delivery, adopt: byNumber, now: clock.now, timer: false as const, ...options };
  const app = await createSourceApp({ storage, directory, ...all });
  return { ...app, directory, storage, clock };
}

describe.each(["joined", "sync", "outbox"] as const)("adopting an account, with the delivery %s", (delivery) => {
  it("links the user by the evidence of a rule, and overwrites nothing that identifies the account", async () => {
    const { source, send, directory } = await appWith(delivery);
    const { status, body } = await send("POST", "/Users", user("ada", "7"));
    await source.idle();
    expect(status).toBe(201);
    const [call] = directory.calls;
    expect(call?.context).toMatchObject({ event: "adopted", applicationId: "acc-7", adoptedBy: "employeeNumber" });
    const saved = directory.users.get(String(body.id));
    expect(saved).toMatchObject({ userName: "ada.old", emails: [{ value: "ada@old.example" }], displayName: "Ada L." });
    await send("PATCH", `/Users/${body.id}`, patch({ op: "replace", path: "title", value: "x" }));
    await source.idle();
    expect(directory.calls.at(-1)?.context).toMatchObject({ event: "updated", applicationId: "acc-7" });
    const plain = await send("POST", "/Users", user("eva", "99"));
    await source.idle();
    expect(plain.status).toBe(201);
    expect(directory.calls.at(-1)?.context).toMatchObject({ event: "created", applicationId: undefined });
  });
  it("links an account to one user only, also if two come at the same time", async () => {
    const { source, send, directory } = await appWith(delivery);
    const responses = await Promise.all([
      send("POST", "/Users", user("ada", "7")),
      send("POST", "/Users", user("eve", "7")),
    ]);
    await source.idle();
    const statuses = responses.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(201);
    expect([409, 503]).toContain(statuses[1]);
    const again = await send("POST", "/Users", user("mallory", "7"));
    expect([again.status, again.body.scimType]).toEqual([409, "uniqueness"]);
    await source.idle();
    expect([...directory.users.values()].filter(({ userName }) => userName === "ada.old")).toHaveLength(1);
  });
  it("never links a protected account", async () => {
    const seen: GuardedResource[] = [];
    const protect = (resource: GuardedResource): boolean => {
      seen.push(resource);
      return resource.account === "acc-1";
    };
    const { source, send, directory } = await appWith(delivery, { protect });
    expect((await send("POST", "/Users", user("root", "1"))).status).toBe(403);
    await source.idle();
    expect(directory.calls).toEqual([]);
    expect(seen).toMatchObject([{ type: "User", account: "acc-1" }]);
  });
  it("does not remove an adopted account: a deletion deactivates it, and its user can come back", async () => {
    const { source, send, directory } = await appWith(delivery);
    const id = String((await send("POST", "/Users", user("ada", "7"))).body.id);
    await source.idle();
    expect((await send("DELETE", `/Users/${id}`)).status).toBe(204);
    await source.idle();
    expect(directory.users.get(id)?.active).toBe(false);
    expect(directory.calls.map(({ method }) => method)).not.toContain("removeUser");
    const back = await send("POST", "/Users", user("ada", "7"));
    await source.idle();
    expect(back.status).toBe(201);
    expect(directory.calls.at(-1)?.context).toMatchObject({ event: "adopted", applicationId: "acc-7" });
  });
  it("removes an account that came with its user", async () => {
    const { source, send, directory } = await appWith(delivery);
    const { body } = await send("POST", "/Users", user("eva", "99"));
    await send("DELETE", `/Users/${body.id}`);
    await source.idle();
    expect(directory.calls.at(-1)?.method).toBe("removeUser");
  });
});

describe("a rule of adoption", () => {
  it.each(["userName", "emails", "email", "UPN", "displayName", "", "  mail"])(
    "cannot give %j as the evidence: nothing is written",
    async (by) => {
      const adopt: AdoptRule = () => ({ id: "acc-7", by, identity: { userName: "ada" } });
      const { send, directory } = await appWith("sync", { adopt });
      expect((await send("POST", "/Users", user("ada", "7"))).status).toBe(500);
      expect(directory.calls).toEqual([]);
      expect((await send("GET", '/Users?filter=userName eq "ada"')).body.totalResults).toBe(0);
    },
  );
  it("is asked for new users only, not for changes of name, address or number", async () => {
    let count = 0;
    const adopt: AdoptRule = (incoming) => {
      count += 1;
      return byNumber(incoming);
    };
    const { send, directory } = await appWith("sync", { adopt });
    const { body } = await send("POST", "/Users", user("eve", "99"));
    await send("PUT", `/Users/${body.id}`, user("root", "7"));
    await send("PATCH", `/Users/${body.id}`, patch({ op: "replace", path: "externalId", value: "1" }));
    expect(count).toBe(1);
    expect(directory.calls.every(({ context }) => context.applicationId === undefined)).toBe(true);
  });
  it("is asked for each operation of a bulk request", async () => {
    const { send, directory } = await appWith("sync");
    const Operations = ["7", "7", "1"].map((externalId, n) => ({
      ...{ method: "POST", path: "/Users", bulkId: `b${n}`, data: user(`u${n}`, externalId) },
    }));
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];
    const { body } = await send("POST", "/Bulk", { schemas, Operations });
    const statuses = (body.Operations as { status: string }[]).map(({ status }) => status);
    expect(statuses).toEqual(["201", "409", "201"]);
    expect(directory.calls.map(({ context }) => context.applicationId)).toEqual(["acc-7", "acc-1"]);
  });
  it("that fails, or a directory that saves another account, links nothing", async () => {
    const failing = await appWith("sync", {
      adopt: () => {
        throw new Error("the accounts cannot be read");
      },
    });
    expect((await failing.send("POST", "/Users", user("ada", "7"))).status).toBe(500);
    const other = await appWith("joined");
    other.directory.saved = () => ({ id: "acc-1" });
    expect((await other.send("POST", "/Users", user("ada", "7"))).status).toBe(500);
    expect((await other.send("GET", "/Users")).body.totalResults).toBe(0);
  });
  it("needs a directory", async () => {
    const { storage } = await appWith("sync");
    await expect(createSourceApp({ storage, adopt: byNumber })).rejects.toThrow(
      "createSource: adopt: needs a directory",
    );
  });
});

it("a conflict with an account of the application says that it is not in this source", async () => {
  const { UniquenessError } = await import("scimkit/errors");
  const { send, directory } = await appWith("sync", { adopt: undefined });
  directory.before = () => {
    throw new UniquenessError("The login ada is taken");
  };
  const { status, body } = await send("POST", "/Users", user("ada", "7"));
  expect([status, body.scimType]).toEqual([409, "uniqueness"]);
  expect(body.detail).toBe("The login ada is taken (in the application, outside of this source)");
  expect((await send("GET", '/Users?filter=userName eq "ada"')).body.totalResults).toBe(0);
});
