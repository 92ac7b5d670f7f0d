import { arrayDirectory, type DirectoryChange } from "scimkit/directory";
import { createProvider, createProvisioning, type ProvisioningOptions } from "scimkit/provider";
import type { DeliveryMode, DirectoryGroup, DirectoryUser, Source } from "scimkit/source";
import { memoryStorage, type Storage } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { describe, expect, it } from "vitest";
import { storedMarks } from "../../helpers/provider-records.ts";
import { createRemoteApp } from "../../helpers/remote-app.ts";
import { createGroup, createUser, patch, USER } from "../../helpers/scim-app.ts";
import { createSourceApp, createTestClock, RecordingDirectory } from "../../helpers/source-app.ts";

/** A directory that gives ids of its own. */
class OwnIds extends RecordingDirectory {
  readonly own: Map<string, string> = new Map();
  /** What it returns instead. */
  forced: unknown;

  override saved = ({ id, userName }: DirectoryUser | DirectoryGroup): { id: string } => {
    if (this.forced !== undefined) return { id: this.forced as string };
    const own = this.own.get(id) ?? `${userName === undefined ? "g" : "u"}${this.own.size + 1}`;
    this.own.set(id, own);
    return { id: own };
  };
}

async function appWith(delivery: DeliveryMode, storage: Storage = sqliteStorage(":memory:")) {
  const directory = new OwnIds();
  const clock = createTestClock();
  const app = await createSourceApp({ storage, directory, delivery, now: clock.now, timer: false });
  const heard: Record<"scim" | "application", DirectoryChange[]> = { scim: [], application: [] };
  for (const ids of ["scim", "application"] as const) {
    app.source.subscribe(async (changes) => void heard[ids].push(...changes), { ids });
  }
  return { ...app, directory, clock, heard, storage };
}

describe.each(["joined", "sync", "outbox"] as const)("the application's own ids, with the delivery %s", (delivery) => {
  it("are stored with the resource, given to later calls, and used for announcements", async () => {
    const { source, send, directory, heard, storage } = await appWith(delivery);
    const user = await createUser({ send }, "ada");
    const group = await createGroup({ send }, "g");
    await source.idle();
    await send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: [{ value: user }] }));
    await send("PATCH", `/Users/${user}`, patch({ op: "replace", path: "title", value: "x" }));
    await source.idle();
    await send("DELETE", `/Users/${user}`);
    await source.idle();
    const contexts = directory.calls.filter(({ id }) => id === user).map(({ context }) => context.applicationId);
    expect(contexts).toEqual([undefined, "u1", "u1"]);
    expect(directory.calls.find(({ method }) => method === "changeMembers")?.context.applicationId).toBe("g2");
    const changes = (userId: string, groupId: string): DirectoryChange[] => [
      { type: "user.changed", id: userId },
      { type: "group.changed", id: groupId },
      { type: "membership.changed", groupId, userId },
      { type: "user.changed", id: userId },
      { type: "user.deleted", id: userId },
    ];
    expect(heard).toEqual({ scim: changes(user, group), application: changes("u1", "g2") });
    const left = (await storage.state.scan("application-ids", { take: 9 })).map(({ value }) => value.id);
    expect(left.sort()).toEqual([group, "g2"].sort());
  });

  it("belong to one resource each, and are texts", async () => {
    const { source, send, directory, clock } = await appWith(delivery);
    await createUser({ send }, "ada");
    await source.idle();
    directory.forced = "u1";
    const answer = await send("POST", "/Users", { schemas: [USER], userName: "bob" });
    await source.idle();
    if (delivery === "outbox") {
      for (let round = 0; round < 6; round += 1) {
        clock.advance(60_000);
        await source.settle();
      }
      const waiting: unknown[] = [];
      for await (const { state, reason } of source.deliveries.list()) waiting.push([state, reason]);
      expect(waiting).toEqual([["dead", expect.stringContaining("another resource has already")]]);
    } else {
      expect([answer.status, answer.body.scimType]).toEqual([409, "uniqueness"]);
      directory.forced = 7;
      expect((await send("POST", "/Users", { schemas: [USER], userName: "cy" })).status).toBe(500);
    }
  });
});

describe("provisioning of a source with a directory", () => {
  const client = createRemoteApp().client;

  async function scene(options: { announce?: "application" | "scim"; reads?: "source" | "tables" }) {
    const app = await appWith("sync", memoryStorage());
    const directory =
      options.reads === "source" ? app.source.directory() : arrayDirectory({ users: [{ id: "u1", userName: "ada" }] });
    const provider = createProvider({ name: "app", client, directory, storage: app.storage });
    const warnings: unknown[] = [];
    const provisioning = createProvisioning({
      providers: [provider],
      sources: [{ source: app.source, announce: options.announce }],
      observe: (event) => void warnings.push(event),
      pollMs: 3_600_000,
      schedule: false,
      queue: {
        wake: async () => {},
        work: async () => ({ stop: async () => {} }),
        every: async () => {},
        never: async () => {},
      },
    });
    await provisioning.start();
    const id = await createUser(app, "ada");
    const marks = await storedMarks(app.storage);
    await provisioning.stop();
    return { id, marks: marks.join(), warnings };
  }

  it.each([
    ["the tables of the application", { reads: "tables" as const }, "u1"],
    ["the source itself", { reads: "source" as const }, "scim"],
    ["the source itself, but is told otherwise", { reads: "source" as const, announce: "application" as const }, "u1"],
  ])("marks what a provider knows that reads %s", async (_what, options, expected) => {
    const { id, marks } = await scene(options);
    expect(marks).toContain(`User/${expected === "scim" ? id : expected}`);
  });

  it("warns of a source whose changes no provider can read", async () => {
    expect((await scene({ reads: "tables" })).warnings).toEqual([]);
    expect((await scene({ reads: "source" })).warnings).toEqual([]);
    for (const options of [
      { reads: "tables", announce: "scim" },
      { reads: "source", announce: "application" },
    ] as const) {
      expect((await scene(options)).warnings).toEqual([
        { type: "provisioning.warning", reason: expect.stringContaining("No provider reads"), source: "people" },
      ]);
    }
  });

  it("refuses anything else than a source", () => {
    const wrong = (source: unknown) => () => createProvisioning({ providers: [], sources: [source as Source] });
    expect(wrong({})).toThrow("sources.0: must be a source, or { source, announce }");
    const options = { source: { subscribe: () => () => {} }, announce: "both" } as unknown;
    expect(() => createProvisioning({ providers: [], sources: [options] } as ProvisioningOptions)).toThrow("sources.0");
  });
});
