import { expect, it } from "vitest";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { type Codec, repository } from "../../src/storage/state/repository.ts";

const dates: Codec<Date> = {
  encode: (date) => ({ at: date.toISOString() }),
  decode: (data) => new Date(String(data.at)),
};

it("keeps typed values in a collection, with versions and due times", async () => {
  const storage = memoryStorage();
  const repo = repository(storage.state, "dates", dates);
  const put = await repo.put("k", new Date(5), { expected: null, dueAt: 5 });
  expect(await repo.get("k")).toEqual({ key: "k", value: new Date(5), version: put.version, dueAt: 5 });
  expect([...(await repo.getMany(["k", "none"])).keys()]).toEqual(["k"]);
  expect((await repo.due(5, 1)).map((entry) => entry.value)).toEqual([new Date(5)]);
  await expect(repo.put("k", new Date(6), { expected: null })).rejects.toMatchObject({ status: 412 });
  await storage.transaction((tx) => repository(tx.state, "dates", dates).put("l", new Date(7), { expected: null }));
  expect((await repo.scan({ take: 9 })).map((entry) => entry.key)).toEqual(["k", "l"]);
  expect(await repo.delete("k", put.version)).toBe(true);
  expect(await repo.get("k")).toBeUndefined();
});
