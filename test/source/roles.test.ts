import type { DeliveryMode, RoleDelta } from "scimkit/source";
import { createSource } from "scimkit/source";
import { memoryStorage } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { describe, expect, it } from "vitest";
import { bulk } from "../helpers/bulk-request.ts";
import { createUser, GROUP, patch } from "../helpers/scim-app.ts";
import { createSourceApp, RecordingDirectory } from "../helpers/source-app.ts";

/** An application in which users have roles. */
class RolesOfApplication extends RecordingDirectory {
  readonly held: Set<string> = new Set();
  readonly heard: RoleDelta[] = [];

  override saved = ({ id, userName }: { id: string; userName?: string }): { id: string } => ({
    id: `own ${userName ?? id}`,
  });

  async changeRoles(change: RoleDelta): Promise<void> {
    await this.before("changeRoles", "");
    this.heard.push(change);
    for (const { applicationId, user, role } of change.granted) this.held.add(`${applicationId ?? user} ${role}`);
    for (const { applicationId, user, role } of change.revoked) this.held.delete(`${applicationId ?? user} ${role}`);
  }
}

const set = (path: string, value: unknown): object => patch({ op: "replace", path, value });
const add = (...ids: string[]): object => patch({ op: "add", path: "members", value: ids.map((value) => ({ value })) });
const leave = (id: string): object => patch({ op: "remove", path: `members[value eq "${id}"]` });
const groupOf = (displayName: string, ...ids: string[]): object => ({
  ...{ schemas: [GROUP], displayName, members: ids.map((value) => ({ value })) },
});

/** A source whose group "admins" gives the role "admin", and a group "staff" that gives none. */
async function sceneOf(delivery: DeliveryMode, options: object = {}) {
  const storage = sqliteStorage(":memory:");
  const directory = new RolesOfApplication();
  const base = { storage, directory, delivery, timer: false as const };
  const first = await createSourceApp(base);
  const [ada, bob] = [await createUser(first, "ada"), await createUser(first, "bob")];
  const make = async (name: string, ...ids: string[]): Promise<string> =>
    String((await first.send("POST", "/Groups", groupOf(name, ...ids))).body.id);
  const [admins, staff] = [await make("admins", ada), await make("staff", ada, bob)];
  await first.source.idle();
  const app = await createSourceApp({ ...base, roles: { [admins]: "admin" }, ...options });
  const heldAfter = async (...request: [string, string, object?]): Promise<string[]> => {
    await app.send(...request);
    await app.source.idle();
    return [...directory.held];
  };
  return { ...app, directory, ada, bob, admins, staff, heldAfter, make };
}

describe.each(["joined", "sync", "outbox"] as const)("roles of groups, with the delivery %s", (delivery) => {
  it("begin and end with the membership, by PATCH, PUT and bulk requests", async () => {
    const { heldAfter, ada, bob, admins, staff, directory } = await sceneOf(delivery);
    const path = `/Groups/${admins}`;
    expect(await heldAfter("PATCH", path, add(bob))).toEqual(["own bob admin"]);
    expect(directory.heard).toEqual([
      { granted: [{ user: bob, applicationId: "own bob", role: "admin" }], revoked: [] },
    ]);
    expect(await heldAfter("PATCH", path, leave(bob))).toEqual([]);
    expect(await heldAfter("PUT", path, groupOf("admins", bob))).toEqual(["own bob admin"]);
    expect(directory.heard.at(-1)?.revoked).toEqual([{ user: ada, applicationId: "own ada", role: "admin" }]);
    const operations = [
      { method: "PATCH", path, data: add(ada) },
      { method: "PATCH", path, data: leave(bob) },
      { method: "PATCH", path: `/Groups/${staff}`, data: leave(bob) },
    ];
    expect(await heldAfter("POST", "/Bulk", bulk(operations))).toEqual(["own ada admin"]);
  });

  it("end with the user and with the group, and come back when the user is reactivated", async () => {
    const { heldAfter, ada, bob, admins } = await sceneOf(delivery);
    await heldAfter("PATCH", `/Groups/${admins}`, add(bob));
    await heldAfter("PATCH", `/Groups/${admins}`, leave(ada));
    expect(await heldAfter("PATCH", `/Groups/${admins}`, add(ada))).toEqual(["own bob admin", "own ada admin"]);
    expect(await heldAfter("PATCH", `/Users/${bob}`, set("active", false))).toEqual(["own ada admin"]);
    expect(await heldAfter("PATCH", `/Users/${bob}`, set("active", true))).toEqual(["own ada admin", "own bob admin"]);
    expect(await heldAfter("DELETE", `/Users/${ada}`)).toEqual(["own bob admin"]);
    expect(await heldAfter("DELETE", `/Groups/${admins}`)).toEqual([]);
  });

  it("are lost by a user who is deleted and only deactivated", async () => {
    const { heldAfter, bob, admins } = await sceneOf(delivery, { removal: "deactivate", recreate: "restore" });
    await heldAfter("PATCH", `/Groups/${admins}`, add(bob));
    expect(await heldAfter("DELETE", `/Users/${bob}`)).toEqual([]);
  });

  it("belong to an id: another group gets none by taking the name, and a renamed one keeps them", async () => {
    const { heldAfter, make, bob, admins, staff } = await sceneOf(delivery);
    expect(await heldAfter("PATCH", `/Groups/${admins}`, set("displayName", "harmless"))).toEqual([]);
    await heldAfter("PATCH", `/Groups/${staff}`, set("displayName", "admins"));
    await heldAfter("PATCH", `/Groups/${staff}`, set("externalId", admins));
    expect(await heldAfter("PATCH", `/Groups/${staff}`, leave(bob))).toEqual([]);
    expect(await heldAfter("PATCH", `/Groups/${staff}`, add(bob))).toEqual([]);
    expect(await heldAfter("PATCH", `/Groups/${admins}`, add(bob))).toEqual(["own bob admin"]);
    expect(await heldAfter("DELETE", `/Groups/${admins}`)).toEqual([]);
    await make("admins", bob);
    expect(await heldAfter("GET", "/Groups")).toEqual([]);
  });

  it("are not those of groups within the group: only direct members have them", async () => {
    const { heldAfter, bob, admins, staff, directory } = await sceneOf(delivery);
    expect(await heldAfter("PATCH", `/Groups/${admins}`, add(staff))).toEqual([]);
    expect(await heldAfter("PATCH", `/Users/${bob}`, set("active", false))).toEqual([]);
    expect(await heldAfter("PATCH", `/Groups/${admins}`, leave(staff))).toEqual([]);
    expect(directory.heard).toEqual([]);
  });

  it("are delivered again when the application fails", async () => {
    const { source, send, directory, bob, admins } = await sceneOf(delivery, { deliveryRetryMs: 0 });
    let failures = 1;
    directory.before = (method) => {
      failures -= method === "changeRoles" ? 1 : 0;
      if (method === "changeRoles" && failures >= 0) throw new Error("the roles cannot be reached");
    };
    const { status } = await send("PATCH", `/Groups/${admins}`, add(bob));
    expect(status).toBe(delivery === "outbox" ? 204 : 500);
    await source.idle();
    await source.settle();
    if (delivery === "joined") await send("PATCH", `/Groups/${admins}`, add(bob));
    expect([...directory.held]).toEqual(["own bob admin"]);
  });
});

it("roles need a directory with changeRoles, and one group each", () => {
  const base = { slug: "a", baseUrl: "https://app.example", storage: memoryStorage(), timer: false as const };
  const make = (options: object) => () => createSource({ ...base, ...options });
  expect(make({ roles: { g: "admin" } })).toThrow("roles: needs a directory with changeRoles");
  expect(make({ roles: { g: "admin" }, directory: new RecordingDirectory() })).toThrow("changeRoles");
  const directory = new RolesOfApplication();
  expect(make({ roles: { g: "admin", h: "admin" }, directory })).toThrow("must give each role to one group");
  expect(make({ roles: { g: "" }, directory })).toThrow("roles.g");
});
