import type { DatabaseSync } from "node:sqlite";
import { createSource, type SourceDirectory } from "scimkit";
import type { DeliveryMode, Source } from "scimkit/source";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { contest, timeOf } from "./contest.ts";
import type { Figure } from "./figure.ts";
import { newPerson } from "./people.ts";

/** So many requests are one run: the clock is no finer. */
const REQUESTS = 10;
const NONE = "a source without a directory";

/** A directory that keeps accounts: in a map, or, joined, in a table beside those of the storage. */
function directoryOver(delivery: DeliveryMode): SourceDirectory {
  const accounts = new Map<string, string>();
  let table: DatabaseSync | undefined;
  const nothing = async (): Promise<void> => {};
  return {
    saveUser: async ({ id, userName }, { tx }) => {
      if (delivery !== "joined") return void accounts.set(id, userName);
      const connection = tx as DatabaseSync;
      if (connection !== table) connection.exec("CREATE TABLE IF NOT EXISTS accounts (id TEXT PRIMARY KEY, name TEXT)");
      table = connection;
      connection.prepare("INSERT OR REPLACE INTO accounts VALUES (?, ?)").run(id, userName);
    },
    removeUser: nothing,
    saveGroup: nothing,
    removeGroup: nothing,
    changeMembers: nothing,
  };
}

/** A source over SQLite in memory, and what sends users to it. */
async function side(delivery?: DeliveryMode): Promise<{ name: string; source: Source; post: () => Promise<void> }> {
  const storage = sqliteStorage(":memory:");
  const own = delivery && { directory: directoryOver(delivery), delivery };
  const source = createSource({
    slug: "bench",
    baseUrl: "https://app.example",
    storage,
    timer: false,
    guard: false,
    ...own,
  });
  const { token } = await source.tokens.issue({ name: "bench" });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
  let number = 0;
  const post = async (): Promise<void> => {
    number += 1;
    const body = JSON.stringify(newPerson(number));
    const { status } = await source.fetch(new Request(`${source.baseUrl}/Users`, { method: "POST", headers, body }));
    if (status !== 201) throw new Error(`${status} for a new user`);
  };
  return { name: delivery === undefined ? NONE : `delivery "${delivery}"`, source, post };
}

/** What a directory behind a source costs in a POST. The outbox is measured until it is empty. */
export async function benchDeliveries(): Promise<Figure[]> {
  const sides = [await side(), await side("joined"), await side("sync"), await side("outbox")];
  const run =
    ({ post, source }: (typeof sides)[number]) =>
    async (): Promise<void> => {
      for (let request = 0; request < REQUESTS; request += 1) await post();
      await source.idle();
    };
  const times = await contest(
    sides.map((each) => ({ name: each.name, run: run(each) })),
    { rounds: 9, ms: 150 },
  );
  return sides.slice(1).map(({ name }) => ({
    area: "Deliveries: processor time for a POST of a user, SQLite in memory, until the directory has it",
    what: name,
    against: NONE,
    ours: timeOf(times, name) / REQUESTS,
    theirs: timeOf(times, NONE) / REQUESTS,
  }));
}
