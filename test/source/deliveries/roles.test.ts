import type { DeliveryMode, RoleDelta, SourceDirectory } from "scimkit/source";
import { memoryStorage } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { describe, expect, it } from "vitest";
import { createGroup, createUser, GROUP, patch } from "../../helpers/scim-app.ts";
import { createSourceApp, RecordingDirectory } from "../../helpers/source-app.ts";

/** A directory with roles. */
class Roles extends RecordingDirectory implements SourceDirectory {
  readonly changes: [role: string, RoleDelta][] = [];

  async changeRole(role: string, change: RoleDelta): Promise<void> {
    this.changes.push([role, change]);
  }
}

/** A source whose group `admins` means the role `admin`. */
async function scene(delivery: DeliveryMode) {
  const storage = sqliteStorage(":memory:");
  const first = await createSourceApp({ storage, timer: false });
  const group = await createGroup(first, "admins");
  const directory = new Roles();
  const options = { storage, directory, delivery, timer: false as const, groupRoles: { [group]: "admin" } };
  const app = await createSourceApp(options);
  const change = async (...operations: object[]): Promise<void> => {
    await app.send("PATCH", `/Groups/${group}`, patch(...operations));
    await app.source.idle();
  };
  return { ...app, directory, group, change };
}

const add = (...ids: string[]): object => ({ op: "add", path: "members", value: ids.map((value) => ({ value })) });
const remove = (id: string): object => ({ op: "remove", path: `members[value eq "${id}"]` });

describe.each(["joined", "sync", "outbox"] as const)("the role of a group, with the delivery %s", (delivery) => {
  it("is granted and revoked as users join and leave, on every route", async () => {
    const { send, source, directory, group, change } = await scene(delivery);
    const [ada, eva] = [await createUser({ send }, "ada"), await createUser({ send }, "eva")];
    await change(add(ada));
    await change(add(ada, eva));
    await change(remove(ada));
    await send("PUT", `/Groups/${group}`, { schemas: [GROUP], displayName: "admins", members: [{ value: ada }] });
    await source.idle();
    await send("DELETE", `/Groups/${group}`);
    await source.idle();
    expect(directory.changes).toEqual([
      ["admin", { granted: [ada], revoked: [] }],
      ["admin", { granted: [eva], revoked: [] }],
      ["admin", { granted: [], revoked: [ada] }],
      ["admin", { granted: [ada], revoked: [eva] }],
      ["admin", { granted: [], revoked: "all" }],
    ]);
  });
  it("is that of one id: a group that takes its name, or that replaces it, has none", async () => {
    const { send, source, directory, group, change } = await scene(delivery);
    const ada = await createUser({ send }, "ada");
    const other = await createGroup({ send }, "others", [ada]);
    await send("PATCH", `/Groups/${group}`, patch({ op: "replace", path: "displayName", value: "former" }));
    await send("PATCH", `/Groups/${other}`, patch({ op: "replace", path: "displayName", value: "admins" }));
    await change(add(other));
    await send("DELETE", `/Groups/${group}`);
    await createGroup({ send }, "admins", [ada]);
    await source.idle();
    const granted = directory.changes.flatMap(([, delta]) => delta.granted);
    expect(granted).toEqual([]);
  });
});

describe("the option groupRoles", () => {
  it("needs a directory with changeRole", async () => {
    const storage = memoryStorage();
    const groupRoles = { g: "admin" };
    await expect(createSourceApp({ storage, groupRoles })).rejects.toThrow("groupRoles: needs a directory");
    const directory = new RecordingDirectory();
    await expect(createSourceApp({ storage, groupRoles, directory })).rejects.toThrow("a directory with changeRole");
  });
});
