import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createSource } from "scimkit/source";
import type { Storage, StoredResource } from "scimkit/storage";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logDirectory, readLog } from "./fixtures/log-directory.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scimkit-source-crash-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the program until it has written `lines` lines, and kills it in whatever it is doing then. */
async function killAfter(lines: number, ...args: string[]): Promise<void> {
  const path = join(import.meta.dirname, "fixtures", "provision-until-killed.ts");
  const fromSource = new URL("../examples/from-source.ts", import.meta.url).href;
  const flags = ["--no-warnings", "--experimental-strip-types", "--import", fromSource, path, ...args];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  let seen = 0;
  for await (const _line of createInterface({ input: child.stdout })) {
    seen += 1;
    if (seen >= lines) break;
  }
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  expect(seen).toBe(lines);
}

async function allOf(storage: Storage, tenant: string, type: string): Promise<readonly StoredResource[]> {
  return (await storage.resources.list({ tenant, type }, { take: 10_000 })).resources;
}

/** What the storage holds, in the form of `readLog`. */
async function readStorage(storage: Storage, tenant: string) {
  const users = (await allOf(storage, tenant, "User")).map(({ id, attributes }) => [id, attributes.userName]);
  const groups = [];
  for (const { id, attributes } of await allOf(storage, tenant, "Group")) {
    const page = await storage.resources.members?.page({ tenant, type: "Group" }, id, { take: 10_000 });
    const members = (page?.members ?? []).map((member) => member.value).sort();
    groups.push([id, { name: attributes.displayName, members }]);
  }
  return { users: Object.fromEntries(users), groups: Object.fromEntries(groups) };
}

describe("a source and its directory in another system", () => {
  it("agree after the process was killed in the middle of writing, three times in a row", async () => {
    const [database, log] = [join(folder, "source.db"), join(folder, "directory.log")];
    for (const lines of [7, 12, 19]) {
      await killAfter(lines, database, log, String(lines));
      const storage = sqliteStorage(database);
      // Later than any lease of the process that is gone.
      const now = (): number => Date.now() + 120_000;
      const source = createSource({
        slug: "p",
        baseUrl: "https://app.example",
        storage,
        directory: logDirectory(log),
        now,
      });
      await source.settle();
      const { id } = await source.identity();
      expect(await storage.state.scan("intents", { take: 10 })).toEqual([]);
      expect(readLog(log)).toEqual(await readStorage(storage, id));
      await storage.close();
    }
  });
});
