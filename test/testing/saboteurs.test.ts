import { describe, expect, it } from "vitest";
import { isScimError } from "../../src/errors/scim-error.ts";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { ContractViolation } from "../../src/testing/contract/contract-violation.ts";
import { resourceStorageContract, storageContract } from "../../src/testing/storage/storage-contract.ts";
import type { Saboteur } from "./storage-saboteurs/altered-storage.ts";
import { sortingStorage } from "./storage-saboteurs/sorting-storage.ts";
import { storageSaboteurs } from "./storage-saboteurs/storage-saboteurs.ts";

/** The contract over a memory storage in the hands of this saboteur; readBehind looks into the storage underneath. */
function contractOver(saboteur: Saboteur) {
  const underneath = new WeakMap<Storage, Storage>();
  return storageContract({
    create: async () => {
      const inner = memoryStorage();
      const storage = saboteur(inner);
      underneath.set(storage, inner);
      return storage;
    },
    readBehind: async (storage, partition, id) =>
      (await underneath.get(storage)?.resources.find(partition, id))?.attributes,
  });
}

describe("the storage contract", () => {
  const faithful = contractOver((storage) => storage);

  it("has a saboteur for every case and a case for every saboteur", () => {
    expect(faithful.length).toBeGreaterThan(130);
    expect(faithful.map((one) => one.id).sort()).toEqual(Object.keys(storageSaboteurs).sort());
  });

  it("is kept by a faithful storage that a second way of reading confirms", async () => {
    for (const one of faithful) await one.run();
  });

  it("can be run over one storage that all cases share, also twice, and at the same time", async () => {
    const { resources } = memoryStorage();
    const cases = resourceStorageContract({ create: async () => resources });
    for (const one of cases) await one.run();
    await Promise.all(cases.map((one) => one.run()));
  });

  it("is kept by a storage that sorts, which the saboteurs of sorting work on", async () => {
    const sorting = contractOver(sortingStorage).filter((one) => /^(sort|tenants)\./.test(one.id));
    expect(sorting.length).toBeGreaterThan(10);
    for (const one of sorting) await one.run();
  });

  it.each(faithful.map((one) => one.id))("notices the saboteur of %s", async (id) => {
    const sabotaged = contractOver(storageSaboteurs[id]).find((one) => one.id === id);
    const failure = await sabotaged?.run().then(
      () => undefined,
      (error: unknown) => error,
    );
    // Most are told in the contract's words; some break a promise by refusing what should be done.
    expect(failure instanceof ContractViolation || isScimError(failure), String(failure)).toBe(true);
  });
});
