import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Client } from "pg";
import { createScimHandler, memoryStorage, type Storage } from "scimkit";
import { postgresStorage } from "scimkit/storage/postgres";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { createHostileData, type Send } from "../test/helpers/hostile/data.ts";
import { type Cost, measured } from "../test/helpers/hostile/measure.ts";
import { p99, startNeighbour } from "../test/helpers/hostile/neighbour.ts";
import type { Figure } from "./figure.ts";
import { startPostgres } from "./postgres-server.ts";

const BASE_URL = "https://app.example/scim/v2";
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/** Ordinary users. */
const USERS = 20_000;
/** The aims for one request: processor time in our process and for each kB, the longest piece, and memory. */
const MOST_CPU_MS = 500;
const MOST_PIECE_MS = 50;
const MOST_MEMORY = 100e6;
/** At most so many times as long as without an attack another tenant's request may take. */
const MOST_SLOWDOWN = 3;
/** How long the other tenant is measured without an attack, in milliseconds. */
const ALONE_MS = 3000;

interface Attack {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

function sender(storage: Storage, tenant: string, limits: { readonly maxWork?: number } = {}): Send {
  const handler = createScimHandler({
    storage,
    limits,
    baseUrl: BASE_URL,
    authenticate: () => ({ id: "bench", tenant, rights: "write" }),
  });
  return async (method, path, body) => {
    const headers = { "content-type": "application/scim+json" };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await handler(new Request(`${BASE_URL}${path}`, init));
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    const id = response.status === 201 ? String(JSON.parse(Buffer.concat(chunks).toString()).id) : "";
    return { status: response.status, id };
  };
}

const repeated = (count: number, term: (index: number) => string, joined: string): string =>
  Array.from({ length: count }, (_, index) => term(index)).join(joined);

/** Makes the data, and the requests of issue reports on it. */
async function attacks(storage: Storage): Promise<readonly Attack[]> {
  const send = sender(storage, "acme", { maxWork: 1e12 });
  const sizes = { users: USERS, members: USERS, hugeUsers: 20, longText: 400_000, values: 9000 };
  const data = await createHostileData(send, { ...sizes, bigGroups: 1, depth: 40 });
  const big = data.bigGroups[0] ?? "";
  const huge = data.hugeUsers[1] ?? "";
  const members = data.users.slice(0, 500).map((value) => ({ value }));
  for (let index = 0; index < 100; index += 1) {
    const displayName = `${index}${"n".repeat(100_000)}`;
    await send("POST", "/Groups?attributes=id", { schemas: [GROUP], displayName, members });
  }
  const query = (filter: string): string => `filter=${encodeURIComponent(filter)}`;
  const patch = (path: string): object => ({ schemas: [PATCH_OP], Operations: [{ op: "remove", path }] });
  const notOf = (count: number, path: string): string => repeated(count, (n) => `${path} co "q${n}"`, " or ");
  const bulk = Array.from({ length: 60 }, (_, n) => {
    return { method: "PATCH", path: `/Groups/${big}`, data: patch(`members[display eq "${n}"]`) };
  });
  return [
    {
      what: `300 terms on e-mails of ${USERS} users`,
      method: "GET",
      path: `/Users?${query(repeated(300, (n) => `emails[value co "q${n}"]`, " or "))}`,
    },
    { what: "400 terms on titles of 400 kB", method: "GET", path: `/Users?${query(notOf(400, "title"))}` },
    {
      what: "300 terms on names of groups",
      method: "GET",
      path: `/Users?${query(notOf(300, "groups.display"))}`,
    },
    {
      what: "200 terms on members",
      method: "GET",
      path: `/Groups?attributes=id&${query(repeated(200, (n) => `members lt "${n}"`, " and "))}`,
    },
    { what: "500 users in 100 groups with names of 100 kB", method: "GET", path: "/Users?count=500" },
    { what: "sorted by title, from the end", method: "GET", path: `/Users?sortBy=title&startIndex=${USERS - 500}` },
    {
      what: "a PATCH of 400 terms on 9000 e-mails",
      method: "PATCH",
      path: `/Users/${huge}`,
      body: patch(`emails[${notOf(400, "value")}]`),
    },
    {
      what: `60 PATCHes in bulk on a group of ${USERS}`,
      method: "POST",
      path: "/Bulk",
      body: { schemas: [BULK], Operations: bulk },
    },
  ];
}

/** Gives memory back that nothing uses, so that what a request needs can be seen. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

/** Opens each storage, and closes it after `run`. */
async function withStorages(run: (name: string, storage: Storage) => Promise<void>): Promise<void> {
  await run("memory", memoryStorage());
  const folder = mkdtempSync(join(tmpdir(), "scimkit-bench-"));
  await run("SQLite file", sqliteStorage(join(folder, "hostile.db")));
  rmSync(folder, { recursive: true });
  const server = await startPostgres(join(import.meta.dirname, "../.cache/bench"));
  const admin = new Client({ connectionString: server.urlOf("postgres") });
  await admin.connect();
  await admin.query("DROP DATABASE IF EXISTS hostile");
  await admin.query("CREATE DATABASE hostile");
  await admin.end();
  await run("PostgreSQL", postgresStorage(server.urlOf("hostile")));
  await server.stop();
}

function figuresOf(area: string, attack: Attack, { cost, status }: { readonly cost: Cost; readonly status: number }) {
  const what = `${attack.what}: ${status}`;
  const sent = (attack.path.length + JSON.stringify(attack.body ?? "").length) / 1000;
  const figure = (name: string, ours: number, theirs: number): Figure => {
    return { area, what: `${what}, ${name}`, against: "the aim", ours: ours * 1e6, theirs: theirs * 1e6, most: 1 };
  };
  const memory = { area: `${area}: memory`, what, against: "the aim", unit: "bytes" } as const;
  return [
    figure("processor time", cost.cpuMs, MOST_CPU_MS),
    figure("processor time for each kB", cost.cpuMs / Math.max(1, sent), MOST_CPU_MS),
    figure("longest piece", cost.pieceMs, MOST_PIECE_MS),
    { ...memory, ours: cost.memory, theirs: MOST_MEMORY, most: 1 },
  ];
}

/** Permitted requests that are as expensive as they can be, beside what one request may cost. */
export async function benchHostile(): Promise<Figure[]> {
  const figures: Figure[] = [];
  await withStorages(async (name, storage) => {
    await storage.migrate();
    const all = await attacks(storage);
    const area = `Hostile requests, ${name}`;
    figures.push(...(await alone(storage, all, area)), await besideNeighbour(storage, all, area));
    await storage.close();
  });
  return figures;
}

async function alone(storage: Storage, all: readonly Attack[], area: string): Promise<Figure[]> {
  const send = sender(storage, "acme");
  const figures: Figure[] = [];
  for (const attack of all) {
    await send("GET", "/Users?count=1");
    collectGarbage();
    const { cost, result } = await measured(() => send(attack.method, attack.path, attack.body));
    figures.push(...figuresOf(area, attack, { cost, status: result.status }));
  }
  return figures;
}

/** How long another tenant's GET takes, in one of a hundred cases, during all attacks one after the other and without. */
async function besideNeighbour(storage: Storage, all: readonly Attack[], area: string): Promise<Figure> {
  const send = sender(storage, "acme");
  const other = sender(storage, "other");
  const { id } = await other("POST", "/Users", { schemas: [USER], userName: "other" });
  const neighbour = startNeighbour(async () => {
    const { status } = await other("GET", `/Users/${id}`);
    return status === 200 ? undefined : `status ${status}`;
  });
  await new Promise((resolve) => setTimeout(resolve, ALONE_MS));
  const without = p99(neighbour.times());
  for (const attack of [...all, ...all]) await send(attack.method, attack.path, attack.body);
  const during = p99(neighbour.times());
  await neighbour.stop();
  if (neighbour.faults.length > 0) throw new Error(`The other tenant was refused: ${neighbour.faults[0]}`);
  const what = "GET by id of another tenant during the attacks, p99";
  return {
    area: `${area}: another tenant`,
    what,
    against: "the same without",
    ours: during * 1e6,
    theirs: without * 1e6,
    most: MOST_SLOWDOWN,
  };
}
