import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { median, rotated, timeOf } from "./contest.ts";
import type { Figure } from "./figure.ts";
import type { Operation, Task } from "./http-client.ts";

const ROUNDS = 7;
/** Of each server in each round: so many, not so long, since what a round leaves behind is part of the next. */
const REQUESTS = 300;
/** Before anything counts: what is measured is a server that has been running, not one that is being compiled. */
const WARM_UP_REQUESTS = 3_000;

const OPERATIONS: readonly Operation[] = ["GET by id", "GET by filter", "PATCH", "POST"];

const PAIRS: readonly { readonly ours: string; readonly theirs: string; readonly most?: number }[] = [
  { ours: "toNodeListener on node:http", theirs: "bare node:http", most: 4 },
  { ours: "toExpress on Express", theirs: "bare Express", most: 2 },
  { ours: "toExpress on Express", theirs: "scimmy-routers on Express", most: 0.125 },
  { ours: "toKoa on Koa", theirs: "bare Koa" },
  { ours: "toFastify on Fastify", theirs: "bare Fastify" },
  { ours: "toHono on Hono", theirs: "bare Hono" },
];

interface Server {
  readonly kind: string;
  readonly process: ChildProcess;
  readonly port: number;
}

/** The processor time that servers spend on a request, each in a process of its own, the client in another one. */
export async function benchHttp(): Promise<Figure[]> {
  const kinds = [...new Set(PAIRS.flatMap(({ ours, theirs }) => [ours, theirs]))];
  const children: ChildProcess[] = [];
  try {
    const servers = await Promise.all(kinds.map((kind) => start(kind, children)));
    const client = child("http-client.ts", [], children);
    const figures: Figure[] = [];
    for (const operation of OPERATIONS)
      for (const server of servers)
        await costOf(server, client, { operation, count: few(server, operation, WARM_UP_REQUESTS) });
    for (const operation of OPERATIONS) {
      for (const server of servers) await ask(server.process, "reset");
      const times = await costs(servers, client, operation);
      for (const { ours, theirs, most } of PAIRS) {
        const sides = { ours: timeOf(times, ours), theirs: timeOf(times, theirs) };
        figures.push({
          area: `Server: processor time for a ${operation}`,
          what: ours,
          against: theirs,
          ...sides,
          ...(most === undefined ? {} : { most }),
        });
      }
    }
    return figures;
  } finally {
    for (const each of children) each.disconnect();
  }
}

async function costs(
  servers: readonly Server[],
  client: ChildProcess,
  operation: Operation,
): Promise<ReadonlyMap<string, number>> {
  const measured = new Map(servers.map(({ kind }) => [kind, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const server of rotated(servers, round)) {
      const cost = await costOf(server, client, { operation, count: few(server, operation, REQUESTS) });
      measured.get(server.kind)?.push(cost);
    }
  }
  return new Map([...measured].map(([kind, values]) => [kind, median(values)]));
}

/** Nanoseconds of processor time for one request. */
async function costOf(server: Server, client: ChildProcess, work: Omit<Task, "port">): Promise<number> {
  const task: Task = { ...work, port: server.port };
  await ask(client, task);
  const before = (await ask(server.process, "cpu")) as { cpu: number };
  await ask(client, "go");
  const after = (await ask(server.process, "cpu")) as { cpu: number };
  return ((after.cpu - before.cpu) / task.count) * 1_000;
}

/** Of scimmy-routers' filters, which take milliseconds, a tenth will do. */
function few({ kind }: Server, operation: Operation, requests: number): number {
  return kind.startsWith("scimmy") && operation === "GET by filter" ? requests / 10 : requests;
}

async function start(kind: string, children: ChildProcess[]): Promise<Server> {
  const process = child("http-server.ts", [kind], children);
  const [{ port }] = (await once(process, "message")) as [{ port: number }];
  return { kind, process, port };
}

function child(file: string, args: readonly string[], children: ChildProcess[]): ChildProcess {
  const process = fork(fileURLToPath(new URL(file, import.meta.url)), args);
  process.once("exit", (code) => {
    if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${code}`);
  });
  children.push(process);
  return process;
}

async function ask(process: ChildProcess, message: Task | "reset" | "cpu" | "go"): Promise<unknown> {
  const answered = once(process, "message");
  process.send(message);
  return (await answered)[0];
}
