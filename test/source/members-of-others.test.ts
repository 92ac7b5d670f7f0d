import { memoryStorage, type Storage } from "scimkit/storage";
import { describe, expect, it } from "vitest";
import { bulk } from "../helpers/bulk-request.ts";
import { createUser, GROUP, patch, STORAGES } from "../helpers/scim-app.ts";
import { createSourceApp, RecordingDirectory, type SourceApp } from "../helpers/source-app.ts";

const UNKNOWN = "2819c223-7f76-453a-919d-413861904646";

interface Scene {
  readonly app: SourceApp;
  readonly directory: RecordingDirectory;
  readonly own: string;
  readonly group: string;
  /** A user and a group of another source on the same storage. */
  readonly foreign: readonly string[];
}

async function sceneOf(storage: Storage, options: object = {}): Promise<Scene> {
  const directory = new RecordingDirectory();
  const app = await createSourceApp({ storage, slug: "ours", directory, timer: false, ...options });
  const other = await createSourceApp({ storage, slug: "theirs", timer: false });
  const own = await createUser(app, "ada");
  const { body } = await app.send("POST", "/Groups", { ...groupOf("g"), members: [{ value: own }] });
  const theirs = await other.send("POST", "/Groups", groupOf("theirs"));
  const foreign = [await createUser(other, "eve"), String(theirs.body.id)];
  return { app, directory, own, group: String(body.id), foreign };
}

const groupOf = (displayName: string): object => ({ schemas: [GROUP], displayName });

/** All ways to make a resource a member, with the same name of the new group for each. */
const WAYS: Readonly<Record<string, (scene: Scene, id: string) => Promise<{ status: number; text: string }>>> = {
  POST: ({ app }, id) => app.send("POST", "/Groups", { ...groupOf("new"), members: [{ value: id }] }),
  PUT: ({ app, group }, id) =>
    app.send("PUT", `/Groups/${group}`, { ...groupOf("g"), members: [{ value: id, type: "User" }] }),
  "PATCH with a path": ({ app, group }, id) =>
    app.send("PATCH", `/Groups/${group}`, patch({ op: "add", path: "members", value: [{ value: id }] })),
  "PATCH without a path": ({ app, group }, id) =>
    app.send("PATCH", `/Groups/${group}`, patch({ op: "add", value: { members: [{ value: id }] } })),
  "PATCH with another change": ({ app, group }, id) =>
    app.send(
      "PATCH",
      `/Groups/${group}`,
      patch(
        { op: "replace", path: "displayName", value: "h" },
        { op: "replace", path: "members", value: [{ value: id }] },
      ),
    ),
  "PATCH with a reference": ({ app, group }, id) =>
    app.send(
      "PATCH",
      `/Groups/${group}`,
      patch({ op: "add", path: "members", value: [{ value: id, $ref: `https://app.example/x/Users/${id}` }] }),
    ),
  bulk: async ({ app, group }, id) => {
    const add = patch({ op: "add", path: "members", value: [{ value: id }] });
    const response = await app.send("POST", "/Bulk", bulk([{ method: "PATCH", path: `/Groups/${group}`, data: add }]));
    const [operation] = response.body.Operations as { status: string; response: unknown }[];
    return { status: Number(operation?.status), text: JSON.stringify(operation?.response) };
  },
};

describe.each(Object.keys(STORAGES))("a member of another source, over %s", (name) => {
  it.each(Object.keys(WAYS))("is refused exactly as an id that nobody has, by %s [req 8]", async (way) => {
    const storage = STORAGES[name]?.() ?? memoryStorage();
    const scene = await sceneOf(storage);
    const unknown = await WAYS[way]?.(scene, UNKNOWN);
    expect(unknown?.status).toBe(400);
    for (const id of scene.foreign) {
      const response = await WAYS[way]?.(scene, id);
      expect([response?.status, response?.text.replaceAll(id, UNKNOWN)]).toEqual([400, unknown?.text]);
    }
    expect([...scene.directory.members]).toEqual([[scene.group, new Set([scene.own])]]);
    const { body } = await scene.app.send("GET", `/Groups/${scene.group}`);
    expect([body.displayName, body.members]).toEqual(["g", [expect.objectContaining({ value: scene.own })]]);
    await storage.close();
  });

  it.each(["accept", "skip"])("gets nothing where unknown members are not refused: %s", async (unknownMembers) => {
    const storage = STORAGES[name]?.() ?? memoryStorage();
    const scene = await sceneOf(storage, { unknownMembers });
    for (const way of ["POST", "PATCH with a path", "bulk"]) {
      for (const id of [UNKNOWN, ...scene.foreign]) expect((await WAYS[way]?.(scene, id))?.status).toBeLessThan(300);
    }
    const other = await createSourceApp({ storage, slug: "theirs", timer: false });
    const seen = await other.send("GET", `/Users/${scene.foreign[0]}`);
    expect([seen.status, seen.body.groups]).toEqual([200, undefined]);
    await storage.close();
  });
});
