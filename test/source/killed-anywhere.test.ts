import { memoryStorage } from "scimkit";
import type { Storage } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { describe, expect, it } from "vitest";
import { Mortal } from "../helpers/mortal.ts";
import { freshPostgresStorage } from "../helpers/postgres/fresh-storage.ts";
import { GROUP, patch, USER } from "../helpers/scim-app.ts";
import {
  createSourceApp,
  createTestClock,
  RecordingDirectory,
  type SourceApp,
  type TestClock,
} from "../helpers/source-app.ts";

/** What an identity provider does; a failed request ends its cycle, as a killed process does. */
async function cycle(app: SourceApp): Promise<boolean> {
  const ok = async (...given: Parameters<SourceApp["send"]>): Promise<Record<string, unknown>> => {
    const response = await app.send(...given);
    if (response.status >= 400) throw new Error(`${response.status}`);
    return response.body;
  };
  try {
    const { id: ada } = await ok("POST", "/Users", { schemas: [USER], userName: "ada" });
    const { id: bob } = await ok("POST", "/Users", { schemas: [USER], userName: "bob" });
    const members = [{ value: ada }, { value: bob }];
    const { id: group } = await ok("POST", "/Groups", { schemas: [GROUP], displayName: "staff", members });
    await ok("PATCH", `/Users/${ada}`, patch({ op: "replace", path: "title", value: "Countess" }));
    await ok("PATCH", `/Groups/${group}`, patch({ op: "remove", path: `members[value eq "${bob}"]` }));
    await ok("PATCH", `/Users/${ada}`, patch({ op: "replace", path: "active", value: false }));
    await ok("DELETE", `/Users/${bob}`);
    return true;
  } catch {
    return false;
  }
}

/** What the storage has, in the form in which the directory has it. */
async function stored(app: SourceApp): Promise<object> {
  const users = (await app.send("GET", "/Users")).body.Resources as Record<string, unknown>[];
  const groups = (await app.send("GET", "/Groups")).body.Resources as Record<string, unknown>[];
  const named = users.map(({ id, userName, title, active }) => [id, userName, title, active !== false]);
  const membersOf = (group: Record<string, unknown>): unknown[] =>
    ((group.members ?? []) as { value: string }[]).map(({ value }) => value).sort();
  return { users: named.sort(), groups: groups.map((group) => [group.id, membersOf(group)]).sort() };
}

function delivered({ users, groups, members }: RecordingDirectory): object {
  const named = [...users.values()].map(({ id, userName, title, active }) => [id, userName, title, active !== false]);
  return {
    users: named.sort(),
    groups: [...groups.keys()].map((id) => [id, [...(members.get(id) ?? [])].sort()]).sort(),
  };
}

async function drain(app: SourceApp, clock: TestClock): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    clock.advance(120_000);
    await app.source.task.run(new AbortController().signal).catch(() => {});
  }
  await app.source.idle();
}

/** Runs the cycle in a process that is killed after `steps`, and starts it again. Returns whether it was killed. */
async function killedAfter(steps: number, storage: Storage, delivery: "sync" | "outbox"): Promise<boolean> {
  const clock = createTestClock();
  const directory = new RecordingDirectory();
  const options = { now: clock.now, delivery, timer: false as const, requestLog: false as const };
  const slug = `s${steps}`;
  await createSourceApp({ storage, directory, slug, ...options });
  const mortal = new Mortal(Number.POSITIVE_INFINITY);
  const dying = new Mortal(steps);
  directory.before = () => dying.step();
  directory.after = () => dying.step();
  const before = await createSourceApp({ storage, directory, slug, ...options });
  const app = { ...before, ...(await appOver(dying.storage(storage), before, { directory, slug, ...options })) };
  const isDone = await cycle(app);
  await app.source.idle().catch(() => {});
  directory.before = () => mortal.step();
  directory.after = () => {};
  const again = await createSourceApp({ storage, directory, slug, ...options });
  await drain(again, clock);
  expect(delivered(directory), `killed after ${steps} steps`).toEqual(await stored(again));
  // The identity provider starts its cycle again: nobody exists twice.
  await cycle(again);
  await drain(again, clock);
  expect(delivered(directory), `killed after ${steps} steps, and a second cycle`).toEqual(await stored(again));
  const names = [...directory.users.values()].map(({ userName }) => userName);
  expect(new Set(names).size).toBe(names.length);
  await again.source.idle();
  return !(isDone && !dying.isDead);
}

/** The same source with the same token, in a process that dies. */
async function appOver(
  storage: Storage,
  { token }: SourceApp,
  options: Parameters<typeof createSourceApp>[0] extends infer Options ? Omit<Options, "storage"> : never,
): Promise<Pick<SourceApp, "source" | "send">> {
  const { createSource } = await import("scimkit");
  const { sendTo } = await import("../helpers/source-app.ts");
  const source = createSource({ slug: "people", baseUrl: "https://app.example", storage, ...options });
  return {
    source,
    send: (method, path, body, headers) => sendTo(source, token, { method, path, body, headers }),
  };
}

const STORAGES: readonly (readonly [name: string, make: () => Storage | Promise<Storage>, every: number])[] = [
  ["memory", memoryStorage, 1],
  ["SQLite", () => sqliteStorage(":memory:"), 3],
  ["PostgreSQL", freshPostgresStorage, 7],
];

describe.each(STORAGES)("a process that is killed between any two steps, over %s", (_name, make, every) => {
  it.each(["sync", "outbox"] as const)(
    "leaves storage and directory equal with delivery %s [lessons]",
    async (delivery) => {
      const storage = await make();
      let steps = 0;
      while (await killedAfter(steps, storage, delivery)) steps += every;
      expect(steps).toBeGreaterThan(60);
      await storage.close();
    },
  );
});
