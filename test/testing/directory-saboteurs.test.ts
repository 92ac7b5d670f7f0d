import { describe, expect, it } from "vitest";
import { arrayDirectory } from "../../src/directory/array-directory.ts";
import type { Directory } from "../../src/directory/directory.ts";
import type { DirectoryUser } from "../../src/directory/objects.ts";
import { ContractViolation } from "../../src/testing/contract/contract-violation.ts";
import { directoryContract } from "../../src/testing/directory/directory-contract.ts";
import { type DirectorySaboteur, directorySaboteurs } from "./directory-saboteurs/directory-saboteurs.ts";

/** The contract over an array directory in the hands of this saboteur. */
function contractOver(saboteur: DirectorySaboteur) {
  const outages = new WeakMap<Directory, () => void>();
  return directoryContract({
    create: async (seed) => {
      let isOut = false;
      const users = (): readonly DirectoryUser[] => {
        if (isOut) throw new TypeError("The database is away");
        return seed.users;
      };
      const directory = saboteur(arrayDirectory({ users, groups: seed.groups }));
      outages.set(directory, () => {
        isOut = true;
      });
      return directory;
    },
    breakDown: async (directory) => outages.get(directory)?.(),
  });
}

describe("the directory contract", () => {
  const faithful = contractOver((directory) => directory);

  it("has a saboteur for every case and a case for every saboteur", () => {
    expect(faithful.length).toBeGreaterThan(25);
    expect(faithful.map((one) => one.id).sort()).toEqual(Object.keys(directorySaboteurs).sort());
  });

  it("is kept by a faithful directory", async () => {
    for (const one of faithful) await one.run();
  });

  it.each(faithful.map((one) => one.id))("notices the saboteur of %s", async (id) => {
    const sabotaged = contractOver(directorySaboteurs[id]).find((one) => one.id === id);
    const failure = await sabotaged?.run().then(
      () => undefined,
      (error: unknown) => error,
    );
    const refused = id === "members.absent-group" && failure instanceof TypeError;
    expect(failure instanceof ContractViolation || refused, String(failure)).toBe(true);
  });
});
