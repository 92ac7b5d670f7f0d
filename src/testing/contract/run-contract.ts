import type { ContractCase } from "./contract-case.ts";

/** The two functions of a test framework that are needed; those of Vitest, Jest, Mocha and node:test fit. */
export interface TestFramework {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: ((title: string, run: () => Promise<void>) => unknown) & {
    readonly skip: (title: string, run: () => Promise<void>) => unknown;
  };
}

/**
 * Registers the cases as tests. A case that a driver cannot pass is skipped with the reason, which shows in its title.
 *
 * @throws {TypeError} when a skip names no case, or gives no reason
 */
export function runContract<Id extends string>(
  { describe, it }: TestFramework,
  name: string,
  cases: readonly ContractCase<Id>[],
  skips?: Readonly<Partial<Record<NoInfer<Id>, string>>>,
): void {
  const reasons = new Map(Object.entries<string | undefined>(skips ?? {}));
  for (const [id, reason] of reasons) {
    if (!cases.some((one) => one.id === id)) throw new TypeError(`runContract: there is no case ${id} to skip`);
    if (!reason) throw new TypeError(`runContract: skipping ${id} needs a reason`);
  }
  describe(name, () => {
    for (const one of cases) {
      const reason = reasons.get(one.id);
      if (reason === undefined) it(`${one.title} [${one.id}]`, () => one.run());
      else it.skip(`${one.title} [${one.id}] (skipped: ${reason})`, () => one.run());
    }
  });
}
