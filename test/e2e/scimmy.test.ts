import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningApplication, startApplication } from "../../examples/push/start-application.ts";
import { aYear, pushTo } from "./lifecycle.ts";

let folder: string;
const running: RunningApplication[] = [];

async function application(name: string): Promise<RunningApplication> {
  const started = await startApplication(join(folder, name));
  running.push(started);
  return started;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scimkit-scimmy-"));
});

afterAll(async () => {
  await Promise.all(running.map((each) => each.stop()));
  await rm(folder, { recursive: true, force: true });
});

describe("an application made with scimmy, in another process", () => {
  test("gets everything, then exactly what changes, and equals the directory in every attribute and membership", async () => {
    const pushed = await pushTo(await application("put.sqlite"));
    await pushed.settle();
    pushed.writes();
    aYear(pushed);
    await pushed.settle();
    const writes = pushed.writes();
    expect(writes.filter((line) => line === "POST /Users")).toHaveLength(1);
    expect(writes.filter((line) => line === "DELETE /Users/{id}")).toHaveLength(1);
    expect(writes.filter((line) => line === "DELETE /Groups/{id}")).toHaveLength(1);
    expect(writes).not.toContain("POST /Groups");
    expect(writes).not.toContain("PUT /Groups/{id}");
  });

  test("gets the same from a provider that sends users by PATCH", async () => {
    const pushed = await pushTo(await application("patch.sqlite"), { provider: { userUpdates: "patch" } });
    await pushed.settle();
    aYear(pushed);
    await pushed.settle();
    expect(pushed.writes().filter((line) => line.startsWith("PUT"))).toEqual([]);
  });

  test("[req C53] gets the same from a client that does not use PATCH: a PUT of a group has all its members", async () => {
    const pushed = await pushTo(await application("put-only.sqlite"), { client: { capabilities: { patch: false } } });
    await pushed.settle();
    aYear(pushed);
    await pushed.settle();
    expect(pushed.writes().filter((line) => line.startsWith("PATCH"))).toEqual([]);
  });

  test("keeps what it was sent when its process ends, and a provider without links adopts it all", async () => {
    const first = await application("restart.sqlite");
    const before = await pushTo(first);
    await before.settle();
    await first.stop();
    const { organisation } = before;
    const after = await pushTo(await application("restart.sqlite"), { organisation });
    for await (const change of after.provider.plan()) expect(change.action).not.toBe("create");
    const run = await after.provider.sync();
    expect(run.counts).toMatchObject({ created: 0, failed: 0 });
    await after.settle();
  });
});
