import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createScimHandler, memoryStorage, type Storage } from "scimkit";
import { sqliteStorage } from "scimkit/storage/sqlite";
import type { Figure } from "./figure.ts";

const BASE_URL = "https://app.example/scim/v2";
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/** Ordinary users. */
const USERS = 20_000;
/** The aims, in nanoseconds: of processor time for one request, and of the longest time without a turn for others. */
const MOST_WORK_NS = 500e6;
const MOST_PIECE_NS = 50e6;

interface Attack {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

type Send = (method: string, path: string, body?: object) => Promise<{ status: number; id: string }>;

function sender(storage: Storage, limits: { readonly maxWork?: number } = {}): Send {
  const handler = createScimHandler({
    storage,
    limits,
    baseUrl: BASE_URL,
    authenticate: () => ({ id: "bench", tenant: "acme", rights: "write" }),
  });
  return async (method, path, body) => {
    const headers = { "content-type": "application/scim+json" };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await handler(new Request(`${BASE_URL}${path}`, init));
    const text = await response.text();
    const id = response.status === 201 ? String(JSON.parse(text).id) : "";
    return { status: response.status, id };
  };
}

const repeated = (count: number, term: (index: number) => string, joined: string): string =>
  Array.from({ length: count }, (_, index) => term(index)).join(joined);

/** Makes the data, and the requests of issue reports on it. */
async function attacks(storage: Storage): Promise<readonly Attack[]> {
  const send = sender(storage, { maxWork: 1e12 });
  const ids: string[] = [];
  for (let index = 0; index < USERS; index += 1) {
    const emails = [{ value: `u${index}@example.com` }, { value: `é${index}@example.com` }];
    const user = { schemas: [USER], userName: `u${index}`, title: `Title ${index}`, emails };
    ids.push((await send("POST", "/Users", user)).id);
  }
  const members = (some: readonly string[]): object[] => some.map((value) => ({ value }));
  const group = async (displayName: string, some: readonly string[]): Promise<string> =>
    (await send("POST", "/Groups?attributes=id", { schemas: [GROUP], displayName, members: members(some) })).id;
  const big = await group("big", ids);
  for (let index = 0; index < 100; index += 1) await group(`${index}${"n".repeat(100_000)}`, ids.slice(0, 500));
  for (let index = 0; index < 20; index += 1) {
    const title = `${"x".repeat(400_000)}${index}`;
    await send("POST", "/Users", { schemas: [USER], userName: `long ${index}`, title, userType: "long" });
  }
  const values = Array.from({ length: 9000 }, (_, index) => ({ value: `é${index}@example.org` }));
  const huge = (await send("POST", "/Users", { schemas: [USER], userName: "huge", emails: values })).id;
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

/** Processor time, and the longest time in which nothing else had its turn, in nanoseconds. */
async function measured(
  send: Send,
  { method, path, body }: Attack,
): Promise<{ cpu: number; piece: number; status: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.reset();
  const before = process.cpuUsage();
  const { status } = await send(method, path, body);
  const { user, system } = process.cpuUsage(before);
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return { cpu: (user + system) * 1000, piece: delay.max, status };
}

/** Permitted requests that are as expensive as they can be, beside what one request may cost. */
export async function benchHostile(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const folder = mkdtempSync(join(tmpdir(), "scimkit-bench-"));
  const storages = { memory: memoryStorage(), "SQLite file": sqliteStorage(join(folder, "hostile.db")) };
  for (const [name, storage] of Object.entries(storages)) {
    await storage.migrate();
    const all = await attacks(storage);
    const send = sender(storage);
    for (const attack of all) {
      await send("GET", "/Users?count=1");
      const { cpu, piece, status } = await measured(send, attack);
      const what = `${attack.what}: ${status}`;
      const area = `hostile requests, ${name}`;
      figures.push({
        area,
        what: `${what}, processor time`,
        against: "the aim",
        ours: cpu,
        theirs: MOST_WORK_NS,
        most: 1,
      });
      figures.push({
        area,
        what: `${what}, longest piece`,
        against: "the aim",
        ours: piece,
        theirs: MOST_PIECE_NS,
        most: 1,
      });
    }
    await storage.close();
  }
  rmSync(folder, { recursive: true });
  return figures;
}
