import { expect, it } from "vitest";
import { inProcessQueue } from "../../src/queue/in-process/in-process-queue.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { ResourceStorage, StorageCapabilities } from "../../src/storage/resource-storage.ts";
import { runContract } from "../../src/testing/contract/run-contract.ts";
import { queueContract } from "../../src/testing/queue/queue-contract.ts";
import { resourceStorageContract, storageContract } from "../../src/testing/storage/storage-contract.ts";

const NOTHING: StorageCapabilities = {
  filter: () => false,
  sort: () => false,
  cursor: false,
  uniqueness: false,
  members: false,
  transactions: false,
};

function recorder() {
  const log: string[] = [];
  const bodies: ((...context: unknown[]) => Promise<void>)[] = [];
  const run = (title: string, body: (...context: unknown[]) => Promise<void>) => {
    bodies.push(body);
    return log.push(`run ${title}`);
  };
  const skip = (title: string) => log.push(`skip ${title}`);
  const describe = (name: string, body: () => void) => {
    log.push(name);
    body();
  };
  return { log, bodies, framework: { describe, it: Object.assign(run, { skip }) } };
}

const cases = [
  { id: "a" as const, title: "keeps a", run: async () => undefined },
  { id: "b" as const, title: "keeps b", run: async () => undefined },
];

it("registers each case with its id, and skips with the reason in the title", () => {
  const { log, framework } = recorder();
  runContract(framework, "a driver", cases, { b: "it has no b" });
  expect(log).toEqual(["a driver", "run keeps a [a]", "skip keeps b [b] (skipped: it has no b)"]);
});

it("refuses a skip without reason, and of a case that does not exist", () => {
  const { framework } = recorder();
  expect(() => runContract(framework, "x", cases, { a: "" })).toThrow("skipping a needs a reason");
  // @ts-expect-error a typo does not compile either
  expect(() => runContract(framework, "x", cases, { c: "because" })).toThrow("there is no case c");
});

it("skips a case that needs an option that was not given, with the option in the title", () => {
  const { log, framework } = recorder();
  runContract(framework, "a queue", queueContract({ create: async () => inProcessQueue() }));
  const reason = "(skipped: the contract is without the option passTime)";
  expect(log).toContain(`skip a schedule wakes its key at its times [every.wakes] ${reason}`);
  expect(log.filter((line) => line.startsWith("skip "))).toHaveLength(5);
  const timed = recorder();
  runContract(
    timed.framework,
    "a queue",
    queueContract({ create: async () => inProcessQueue(), passTime: async () => {} }),
  );
  expect(timed.log.filter((line) => line.startsWith("skip "))).toEqual([]);
});

it("skips a case that turns out not to apply, with the reason, where the framework can skip a test that runs", async () => {
  const { bodies, framework } = recorder();
  const reason = "the storage has no cursors";
  runContract(framework, "a storage", [{ id: "a", title: "keeps a", run: async () => reason }]);
  const [body] = bodies;
  expect(body).toHaveLength(0); // Jest and Mocha would wait for a callback
  const skipped: unknown[] = [];
  const context = { skip: (why: string) => skipped.push(why) };
  await body?.(context);
  await body?.call(context);
  await body?.(Object.assign(() => undefined, context));
  await body?.();
  expect(skipped).toEqual([reason, reason, reason]);
});

it("gives the reasons of a storage that keeps no memberships and has no cursors, and none of one that has everything", async () => {
  const { resources } = memoryStorage();
  const five: ResourceStorage = {
    capabilities: { ...NOTHING, uniqueness: true },
    insert: (...args) => resources.insert(...args),
    find: (...args) => resources.find(...args),
    replace: (...args) => resources.replace(...args),
    remove: (...args) => resources.remove(...args),
    list: async (...args) => ({ ...(await resources.list(...args)), next: undefined }),
  };
  const reasons = new Map<string, string | undefined>();
  for (const one of resourceStorageContract({ create: async () => five })) reasons.set(one.id, await one.run());
  expect(reasons.get("list.cursor-tiles")).toBe("the storage has no cursors");
  expect(reasons.get("members.page-tiles")).toBe("the storage keeps no memberships");
  expect(reasons.get("filter.strings")).toBe("the storage evaluates none of the filters itself");
  expect(reasons.get("sort.texts")).toBe("the storage sorts by none of the attributes itself");
  expect(reasons.get("resources.find")).toBeUndefined();
  for (const one of storageContract({ create: async () => memoryStorage(), readBehind: async () => undefined })) {
    if (one.id.startsWith("resources.read")) continue;
    expect([one.id, await one.run()]).toEqual([one.id, undefined]);
  }
});
