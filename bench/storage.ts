import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Figure } from "./figure.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { type Measured, measureStorage } from "./storage-contest.ts";
import { LARGE, MILLION, type Size, SMALL } from "./storage-data.ts";
import type { BenchDatabase, Progress } from "./storage-database.ts";
import { measureMemory } from "./storage-memory.ts";
import { openPostgres } from "./storage-postgres.ts";
import { readContests } from "./storage-reads.ts";
import { openSqlite } from "./storage-sqlite.ts";
import { writeContests } from "./storage-writes.ts";

/** Databases outlast the run; it is ignored by Git and not published. */
const FOLDER = fileURLToPath(new URL("../.cache/bench/", import.meta.url));

/** How much is measured. */
export interface StorageBenchOptions {
  /** A million users and ten thousand writes, rather than a hundred thousand and a thousand. */
  readonly million: boolean;
}

/** Storage calls beside statements written by hand on the same database, with few and with many users in turn. */
export async function benchStorage({ million }: StorageBenchOptions): Promise<Figure[]> {
  mkdirSync(FOLDER, { recursive: true });
  const sizes = [SMALL, million ? MILLION : LARGE];
  const writes = million ? 10_000 : 1_000;
  const sqlite = await benchEngine({ sizes, writes, open: (size, progress) => openSqlite(FOLDER, size, progress) });
  const server: PostgresServer = await startPostgres(`${FOLDER}postgres`);
  try {
    const open = (size: Size, progress: Progress) => openPostgres(server, size, progress);
    return [...sqlite, ...(await benchEngine({ sizes, writes, open }))];
  } finally {
    await server.stop();
  }
}

interface Engine {
  readonly sizes: readonly Size[];
  readonly writes: number;
  readonly open: (size: Size, progress: Progress) => Promise<BenchDatabase>;
}

async function benchEngine({ sizes, writes, open }: Engine): Promise<Figure[]> {
  const databases: BenchDatabase[] = [];
  try {
    for (const size of sizes) databases.push(await open(size, progressOf(size)));
    const measured = await measureStorage(
      databases.map((database) => [database, [...readContests(database), ...writeContests(database)]]),
    );
    const largest = databases.at(-1);
    const memory = largest === undefined ? [] : await measureMemory(largest, writes);
    return [...measured.flatMap(({ figures }) => figures), ...growth(measured), ...memory];
  } finally {
    for (const database of databases) await database.close();
  }
}

/** Tells now and then how far a database is that is being made. */
function progressOf({ users, groups }: Size): Progress {
  let made = 0;
  return (resources) => {
    made += resources;
    const part = Math.floor((100 * made) / (users + groups));
    process.stderr.write(
      `\rmaking a database of ${users.toLocaleString("en")} users: ${part} %${part === 100 ? "\n" : ""}`,
    );
  };
}

/** With many times the users nothing may cost more than half as much again, which is what the machine's noise allows for. */
function growth([few, many]: readonly Measured[]): Figure[] {
  if (few === undefined || many === undefined) return [];
  const [fewer, more] = [few, many].map(({ database }) => database.size.users.toLocaleString("en"));
  return many.figures.map(({ what, ours }, place) => ({
    area: `${many.database.engine}: the cost with ${more} users beside that with ${fewer}`,
    what,
    against: `the same with ${fewer}`,
    ours,
    theirs: few.figures[place]?.ours ?? Number.NaN,
    most: 1.5,
  }));
}
