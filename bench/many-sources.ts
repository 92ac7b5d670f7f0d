import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createSource, createSources, memoryStorage } from "scimkit";
import type { Figure } from "./figure.ts";

const SOURCES = 10_000;
const BASE = "https://app.example";
const AREA = "10,000 sources in one process";

const slugOf = (number: number): string => `tenant-${number}`;

/** The heap in use after a garbage collection, in bytes. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

/** The processor time of work, in nanoseconds for each of `count`. */
async function processorTime(count: number, work: (number: number) => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let number = 0; number < count; number += 1) await work(number);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / count;
}

/** Sends a GET and expects a 200. */
async function get(fetch: (request: Request) => Promise<Response>, slug: string, token: string): Promise<void> {
  const url = `${BASE}/source/scim/${slug}/v2/Users?count=1`;
  const response = await fetch(new Request(url, { headers: { authorization: `Bearer ${token}` } }));
  await response.text();
  if (response.status !== 200) throw new Error(`${response.status} for ${slug}`);
}

/** What many sources of one process take of its memory, and what the first request of each costs. */
export async function benchManySources(): Promise<Figure[]> {
  const storage = memoryStorage();
  const tokens: string[] = [];
  for (let number = 0; number < SOURCES; number += 1) {
    const source = createSource({ slug: slugOf(number), baseUrl: BASE, storage, timer: false });
    tokens.push((await source.tokens.issue({ name: "bench" })).token);
  }
  const sources = createSources({ storage, baseUrl: BASE, timer: false, maxLoaded: SOURCES, resolve: () => ({}) });
  const request = (number: number): Promise<void> => get(sources.fetch, slugOf(number), tokens[number] ?? "");
  // The code is compiled with the first requests of the process.
  for (let number = 0; number < 200; number += 1) await request(number);
  const before = heapUsed();
  const first = await processorTime(SOURCES - 200, (number) => request(number + 200));
  const memory = (heapUsed() - before) / (SOURCES - 200);
  const second = await processorTime(SOURCES, request);
  return [
    { area: AREA, what: "the first request of a source", against: "its second request", ours: first, theirs: second },
    {
      area: `${AREA}: memory`,
      what: "a source after its first request",
      against: "50 kB",
      ours: memory,
      theirs: 50_000,
      unit: "bytes",
      most: 1,
    },
  ];
}
