import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { Client } from "pg";
import { createScimHandler, memoryStorage, type ScimEvent, type Storage } from "scimkit";
import { postgresStorage } from "scimkit/storage/postgres";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { startPostgres } from "../bench/postgres-server.ts";
import { createHostileData, type Send } from "../test/helpers/hostile/data.ts";
import { type Cost, measured } from "../test/helpers/hostile/measure.ts";
import { p99, startNeighbour } from "../test/helpers/hostile/neighbour.ts";
import { type HostileRequest, hostileRequests } from "../test/helpers/hostile/requests.ts";

/**
 * Sends hostile but permitted requests over large data for `--seconds` (3600), shared by the storages: memory, SQLite
 * and PostgreSQL, or those that are named as arguments. Another tenant reads at the same time. Prints the ten requests
 * that cost most, and fails only for what is counted: a 5xx, a response or work beyond its limit, a response of the
 * wrong tenant, a changed prototype. `--seed` repeats a run.
 */
const { values, positionals } = parseArgs({
  options: {
    seconds: { type: "string", default: "3600" },
    seed: { type: "string", default: String(Date.now() % 1e9) },
    users: { type: "string", default: "50000" },
    members: { type: "string", default: "100000" },
  },
  allowPositionals: true,
});

const BASE_URL = "https://app.example/scim/v2";
const MAX_WORK = 10_000_000;
const MAX_RESPONSE_BYTES = 33_554_432;
/** Text that only the other tenant has. */
const SECRET = "only-for-the-neighbour";

interface Exchange {
  readonly status: number;
  readonly bytes: readonly Uint8Array[];
  readonly event: ScimEvent | undefined;
}

interface Measured {
  readonly request: string;
  readonly sent: number;
  readonly status: number;
  readonly work: number;
  readonly bytes: number;
  readonly cost: Cost;
}

/** How long the other tenant is measured before the attack, in milliseconds. */
const ALONE_MS = 2000;

/** Whatever happens to `storage` is opened and closed by `run`. */
async function withStorage(name: string, run: (storage: Storage) => Promise<void>): Promise<void> {
  if (name === "memory") return run(memoryStorage());
  const folder = mkdtempSync(join(tmpdir(), "scimkit-soak-"));
  // PostgreSQL does not run as root, and then needs to reach its folder.
  chmodSync(folder, 0o755);
  try {
    if (name === "sqlite") return await run(sqliteStorage(join(folder, "hostile.db")));
    if (name !== "postgres") throw new RangeError(`There is no storage ${name}: memory, sqlite, postgres`);
    const server = await startPostgres(folder);
    const admin = new Client({ connectionString: server.urlOf("postgres") });
    await admin.connect();
    await admin.query("CREATE DATABASE hostile");
    await admin.end();
    await run(postgresStorage(server.urlOf("hostile"))).finally(() => server.stop());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The options of a handler that change. */
interface Permitted {
  readonly limits?: object;
  readonly unknownMembers?: "accept";
}

type Exchanges = (method: string, path: string, body?: string) => Promise<Exchange>;

function exchanges(storage: Storage, tenant: string, permitted: Permitted = {}): Exchanges {
  let last: ScimEvent | undefined;
  const handler = createScimHandler({
    storage,
    ...permitted,
    baseUrl: BASE_URL,
    authenticate: () => ({ id: tenant, tenant, rights: "write" }),
    observe: (event) => {
      if (event.type === "server.response") last = event;
      if (event.type === "server.error") console.error(event);
    },
  });
  return async (method, path, body) => {
    const headers = { "content-type": "application/scim+json" };
    const response = await handler(new Request(`${BASE_URL}${path}`, { method, headers, body }));
    const bytes: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) bytes.push(chunk);
    return { status: response.status, bytes, event: last };
  };
}

const textOf = ({ bytes }: Exchange): string => Buffer.concat(bytes).toString();

function faultsOf(exchange: Exchange): string[] {
  const { status, event } = exchange;
  const text = textOf(exchange);
  const faults: string[] = [];
  if (status >= 500) faults.push(`status ${status}: ${text.slice(0, 300)}`);
  if (/"status":"5\d\d"/.test(text)) faults.push("an operation with a status of 5xx");
  if (text.length > MAX_RESPONSE_BYTES) faults.push(`${text.length} bytes in the response`);
  if (text.includes(SECRET)) faults.push("data of the other tenant");
  if ("polluted" in {}) faults.push("a changed prototype");
  if (event?.type === "server.response" && event.work > MAX_WORK && event.route !== "/Bulk" && status < 400) {
    faults.push(`${event.work} units of work without a refusal`);
  }
  return faults;
}

async function attack(name: string, storage: Storage, seconds: number): Promise<number> {
  await storage.migrate();
  const plain = exchanges(storage, "hostile", {
    limits: { maxWork: 1e12, maxBodyBytes: 1e8 },
    unknownMembers: "accept",
  });
  const send: Send = async (method, path, body) => {
    const exchange = await plain(method, path, JSON.stringify(body));
    const { status } = exchange;
    return { status, id: status === 201 ? String(JSON.parse(textOf(exchange)).id) : "" };
  };
  const sizes = { users: Number(values.users), members: Number(values.members), hugeUsers: 20, longText: 500_000 };
  console.log(`${name}: creating ${sizes.users} users`);
  const data = await createHostileData(send, { ...sizes, values: 9000, bigGroups: 3, depth: 70 });
  const other = exchanges(storage, "neighbour");
  const body = JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: SECRET });
  const { id } = JSON.parse(textOf(await other("POST", "/Users", body)));
  const neighbour = startNeighbour(async () => {
    const exchange = await other("GET", `/Users/${id}`);
    const [{ status }, text] = [exchange, textOf(exchange)];
    return status === 200 && text.includes(SECRET) ? undefined : `the neighbour: ${status} ${text.slice(0, 300)}`;
  });
  await new Promise((resolve) => setTimeout(resolve, ALONE_MS));
  const alone = p99(neighbour.times());

  const hostile = exchanges(storage, "hostile");
  const all: Measured[] = [];
  const faults: string[] = [];
  const until = performance.now() + seconds * 1000;
  const requests = hostileRequests(data, { most: 10_000, longest: 500_000, terms: 500 });
  for (let round = 0; performance.now() < until; round += 1) {
    const seed = Number(values.seed) + round;
    for (const request of fc.sample(requests, { seed, numRuns: 10 })) {
      const { measurement, found } = await attackOnce(hostile, request);
      all.push(measurement);
      for (const fault of found) faults.push(`${fault}, seed ${seed}: ${measurement.request}`);
      if (performance.now() > until) break;
    }
  }
  const beside = p99(neighbour.times());
  await neighbour.stop();
  report(name, all);
  console.log(`${name}: GET of the other tenant, p99: ${alone.toFixed(1)} ms alone, ${beside.toFixed(1)} ms beside`);
  const failed = [...faults, ...neighbour.faults];
  for (const fault of failed.slice(0, 50)) console.error(`${name}: ${fault}`);
  console.log(`${name}: ${all.length} requests, ${failed.length} faults, seed ${values.seed}`);
  await storage.close();
  return failed.length;
}

async function attackOnce(
  hostile: Exchanges,
  request: HostileRequest,
): Promise<{ readonly measurement: Measured; readonly found: string[] }> {
  const { method, path } = request;
  const body = request.body && JSON.stringify(request.body);
  const { cost, result } = await measured(() => hostile(method, path, body));
  const { status, bytes, event } = result;
  const work = event?.type === "server.response" ? event.work : 0;
  const sent = path.length + (body?.length ?? 0);
  return {
    measurement: { request: shown(request), sent, status, work, bytes: Buffer.concat(bytes).length, cost },
    found: faultsOf(result),
  };
}

/** A request in one line: of operations, their number and the first one. */
function shown({ method, path, body }: HostileRequest): string {
  const operations = body?.Operations;
  if (!Array.isArray(operations))
    return `${method} ${path.slice(0, 200)} ${(JSON.stringify(body) ?? "").slice(0, 200)}`;
  const inner = operations[0]?.data?.Operations;
  const count = Array.isArray(inner) ? `${operations.length} × ${inner.length}` : operations.length;
  const first = JSON.stringify(Array.isArray(inner) ? inner[0] : operations[0]).slice(0, 150);
  return `${method} ${path} ${operations[0]?.path ?? ""} ${count} operations: ${first}`;
}

function report(name: string, all: readonly Measured[]): void {
  const orders: Readonly<Record<string, (one: Measured) => number>> = {
    "processor time, ms": ({ cost }) => cost.cpuMs,
    "processor time for a kB, ms": ({ cost, sent }) => (cost.cpuMs / Math.max(1000, sent)) * 1000,
    "longest piece, ms": ({ cost }) => cost.pieceMs,
    "memory, MB": ({ cost }) => cost.memory / 1e6,
    "response, kB": ({ bytes }) => bytes / 1000,
    "elapsed, ms": ({ cost }) => cost.elapsedMs,
    "work, thousand units": ({ work }) => work / 1000,
  };
  for (const [what, of] of Object.entries(orders)) {
    console.log(`\n${name}: ${what}`);
    const worst = all.toSorted((one, other) => of(other) - of(one)).slice(0, 10);
    for (const one of worst) {
      const { cpuMs, pieceMs } = one.cost;
      const also = `cpu ${cpuMs.toFixed(0)} piece ${pieceMs.toFixed(0)} work ${(one.work / 1e6).toFixed(2)}M`;
      console.log(`  ${of(one).toFixed(1).padStart(9)}  ${one.status}  ${also}  ${one.request}`);
    }
  }
}

const names = positionals.length === 0 ? ["memory", "sqlite", "postgres"] : positionals;
let failed = 0;
for (const name of names) {
  await withStorage(name, async (storage) => {
    failed += await attack(name, storage, Number(values.seconds) / names.length);
  });
}
if (failed > 0) process.exitCode = 1;
