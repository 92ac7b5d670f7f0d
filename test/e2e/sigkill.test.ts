import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createScimHttp } from "../../examples/accept/scim-http.ts";
import { verifyApplication } from "../../examples/push/verify-application.ts";
import { toNodeListener } from "../../src/adapters/node.ts";
import type { Run } from "../../src/provider/runs/run.ts";
import { createScimHandler } from "../../src/server/create-handler.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { smallOrganisation } from "./small-organisation.ts";

const KILLS = 10;
/** Ten kills, each within so many requests of a start, lie within one sync of the small organisation. */
const MOST_REQUESTS = 24;
const PROGRAM = fileURLToPath(new URL("./sync-child.ts", import.meta.url));
const FROM_SOURCE = new URL("../examples/from-source.ts", import.meta.url).href;

/** When a process is to be killed: at which of its requests, and whether the server acts on that one first. */
interface Death {
  readonly request: number;
  readonly acts: boolean;
}

let folder: string;
let server: Server;
let baseUrl: string;
let child: ChildProcess | undefined;
let death: Death | undefined;
/** Requests of the running process. */
let requests = 0;
/** What was made, by `userName` or `displayName`. */
const made: string[] = [];
let writes = 0;
let starts = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scimkit-sigkill-"));
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`;
  const authenticate = () => ({ id: "us", tenant: "them", rights: "write" as const });
  const handler = createScimHandler({ storage: memoryStorage(), baseUrl, authenticate });
  server.on(
    "request",
    toNodeListener(async (request) => {
      requests += 1;
      const dies = requests === death?.request;
      if (dies && !death?.acts) await killed();
      if (request.method !== "GET") writes += 1;
      const response = await handler(request);
      if (response.status === 201) {
        const { userName, displayName } = (await response.clone().json()) as Record<string, string>;
        made.push(String(userName ?? displayName));
      }
      if (dies && death?.acts) await killed();
      return response;
    }),
  );
});

afterEach(async () => {
  child?.kill("SIGKILL");
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** The answer waits until nobody can read it any more; a request that is not acted on never goes further. */
async function killed(): Promise<void> {
  const dying = child;
  const { acts } = death ?? {};
  dying?.kill("SIGKILL");
  if (dying !== undefined && dying.exitCode === null && dying.signalCode === null) await once(dying, "exit");
  if (acts === false) await new Promise(() => {});
}

/** Runs one sync in a process of its own. Undefined: it was killed. */
async function sync(file: string): Promise<Pick<Run, "state" | "counts" | "failures"> | undefined> {
  requests = 0;
  writes = 0;
  // Each starts a good minute after the last: until then, what that was creating would be waited for.
  starts += 1;
  const started = fork(PROGRAM, [file, baseUrl, String(starts * 1.1)], {
    execArgv: ["--disable-warning=ExperimentalWarning", "--import", FROM_SOURCE],
  });
  child = started;
  let report: Pick<Run, "state" | "counts" | "failures"> | undefined;
  started.on("message", (message) => {
    report = message as typeof report;
  });
  const [code, signal] = await once(started, "exit");
  if (signal !== "SIGKILL") expect(code).toBe(0);
  return report;
}

/** Numbers from 0 to below 1 that a seed decides (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test("[req C13] a sync that is killed ten times and started again ends without a duplicate, an orphan or a difference", async () => {
  const file = join(folder, "links.sqlite");
  const random = seeded(20261122);
  for (let kill = 0; kill < KILLS; kill += 1) {
    death = { request: 1 + Math.floor(random() * MOST_REQUESTS), acts: random() < 0.5 };
    expect(await sync(file), `kill ${kill + 1} at ${JSON.stringify(death)}`).toBeUndefined();
  }
  death = undefined;
  expect(await sync(file)).toMatchObject({ state: "succeeded", failures: [] });

  const { directory, users, groups } = await smallOrganisation();
  const http = createScimHttp({ baseUrl, token: "any", userAgent: "test" });
  expect(await verifyApplication(directory, http)).toMatchObject({
    problems: [],
    users: users.length,
    groups: groups.length,
    memberships: groups.reduce((sum, group) => sum + group.members.length, 0),
  });
  expect(made).toHaveLength(new Set(made).size);
  expect(made).toHaveLength(users.length + groups.length);

  expect(await sync(file)).toMatchObject({ state: "succeeded", counts: { writes: 0 } });
  expect(writes).toBe(0);
});
