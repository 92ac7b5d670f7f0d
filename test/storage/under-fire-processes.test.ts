import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StateRecord } from "../../src/storage/state-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { createApp, createGroup, memberIds } from "../helpers/scim-app.ts";
import { openStorage } from "./fixtures/open-storage.ts";
import { startScript } from "./processes.ts";
import { DRIVERS } from "./under-fire-drivers.ts";

const users = { tenant: "t", type: "User" };

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "scimkit-processes-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What the process said before it was killed, which is in the midst of whatever it does after so many lines. */
async function killAfter(lines: number, script: string, ...args: string[]): Promise<string[]> {
  const child = startScript(script, ...args);
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (said.length === lines) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  expect(said.length).toBeGreaterThanOrEqual(lines);
  return said;
}

async function allRecords(storage: Storage, collection: string): Promise<StateRecord[]> {
  return storage.state.scan(collection, { take: 100_000 });
}

/** Checks that resources, marks and outbox tell the same story, and that it holds all that was said to be committed. */
async function expectWhole(storage: Storage, said: readonly string[]): Promise<void> {
  const there = (await storage.resources.list(users, { take: 100_000 })).resources;
  const marks = await allRecords(storage, "dirty:p");
  const outbox = (await allRecords(storage, "outbox:p")).map((record) => record.key);
  expect(outbox).toEqual(expect.arrayContaining([...said]));
  const gone = outbox.filter((key) => key.endsWith(" gone")).map((key) => key.slice(0, -" gone".length));
  const made = outbox.filter((key) => key.endsWith(" made")).map((key) => key.slice(0, -" made".length));
  expect(there.map(({ id }) => id).sort()).toEqual(made.filter((id) => !gone.includes(id)).sort());
  expect(
    there.every(({ attributes, unique }) => String(attributes.filler).length === 3000 && unique.length === 1),
  ).toBe(true);
  expect(marks.map(({ key, value }) => [key, value.kind]).sort()).toEqual(
    made.map((id) => [id, gone.includes(id) ? "gone" : "made"]).sort(),
  );
  const due = await storage.state.due("outbox:p", Number.MAX_SAFE_INTEGER, 100_000);
  expect(due.map((record) => record.key).sort()).toEqual(outbox.toSorted());
  // Names of those who are gone are free, names of those who are there are not.
  for (const [id, isFree] of [[gone[0], true] as const, [there[0]?.id, false] as const]) {
    if (id === undefined) continue;
    const probe = { id: `probe-${id}`, version: "1", created: "", lastModified: "", attributes: {} };
    const insert = storage.resources.insert(users, { ...probe, unique: [{ attribute: "userName", key: id }] });
    if (isFree) await insert.then(() => storage.resources.remove(users, probe.id));
    else await expect(insert).rejects.toMatchObject({ status: 409 });
  }
}

describe.each(DRIVERS.filter(({ place }) => place !== undefined))("processes that share $name", ({ place }) => {
  it("leave no half change, no lost mark and no lost entry of an outbox when they are killed while they write", async () => {
    const where = (await place?.(directory)) ?? "";
    const said: string[] = [];
    for (const lines of [10, 25, 60])
      said.push(...(await killAfter(lines, "marks-until-killed.ts", where, `${lines}`)));
    const storage = openStorage(where);
    await expectWhole(storage, said);
    await storage.close();
  });

  it("give each name once and lose no member that any of them adds", async () => {
    const where = (await place?.(directory)) ?? "";
    const storage = openStorage(where);
    const app = createApp({ storage });
    const group = await createGroup(app, "Everybody");
    const outcomes = await Promise.all(
      ["one", "two"].map(async (name) => {
        const child = startScript("contend.ts", where, name, group);
        const lines: string[] = [];
        for await (const line of createInterface({ input: child.stdout })) lines.push(line);
        return JSON.parse(lines.at(-1) ?? "{}") as { won: number[]; joined: string[]; odd: string[] };
      }),
    );
    expect(outcomes.flatMap(({ odd }) => odd)).toEqual([]);
    expect(outcomes.flatMap(({ won }) => won).sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, n) => n));
    const joined = outcomes.flatMap((outcome) => outcome.joined);
    expect(joined.length).toBe(50);
    expect(await memberIds(app, group)).toEqual(joined.toSorted());
    await storage.close();
  });
});
