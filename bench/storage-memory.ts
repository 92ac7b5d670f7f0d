import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Figure } from "./figure.ts";
import { momentOf, storedUser, USERS } from "./storage-data.ts";
import type { BenchDatabase } from "./storage-database.ts";

/** Resources on a page. */
const PAGE = 500;
/** By how much the memory of a process may differ when nothing was kept. */
const MOST = 1.25;
const FIRST_NUMBER = 5_000_000;

/**
 * The memory of this process after much work beside that after a tenth of it: what is allocated once, such as the
 * engine's compiled code and the database's page cache, is there by then.
 */
export async function measureMemory(database: BenchDatabase, writes: number): Promise<Figure[]> {
  const { engine, size } = database;
  const area = `${engine} with ${size.users.toLocaleString("en")} users: memory of the process`;
  const compared = { area, against: "after a tenth of that", most: MOST, unit: "bytes" } as const;
  const read = await readAll(database);
  const written = await writeMany(database, writes);
  return [
    { ...compared, what: `after reading all users, ${PAGE} a page`, ...read },
    { ...compared, what: `after ${writes.toLocaleString("en")} writes`, ...written },
  ];
}

type Sides = Pick<Figure, "ours" | "theirs">;

async function readAll({ storage, size }: BenchDatabase): Promise<Sides> {
  let after: string | undefined;
  let seen = 0;
  let theirs: number | undefined;
  do {
    const page = await storage.resources.list(USERS, { take: PAGE, ...(after === undefined ? {} : { after }) });
    after = page.next;
    seen += page.resources.length;
    if (seen >= size.users / 10) theirs ??= residentBytes();
  } while (after !== undefined);
  if (seen !== size.users) throw new RangeError(`${seen} users were read of ${size.users}`);
  return { ours: residentBytes(), theirs: theirs ?? Number.NaN };
}

/** Users come, change and go. */
async function writeMany({ storage }: BenchDatabase, writes: number): Promise<Sides> {
  let theirs = Number.NaN;
  for (let done = 0; done < writes; done += 3) {
    const user = storedUser(FIRST_NUMBER + done);
    await storage.resources.insert(USERS, user);
    await storage.resources.replace(USERS, { ...user, version: "2", lastModified: momentOf(FIRST_NUMBER) }, "1");
    await storage.resources.remove(USERS, user.id);
    if (done >= writes / 10 && Number.isNaN(theirs)) theirs = residentBytes();
  }
  return { ours: residentBytes(), theirs };
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function residentBytes(): number {
  collectGarbage();
  return process.memoryUsage.rss();
}
