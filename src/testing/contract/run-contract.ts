import type { ContractCase } from "./contract-case.ts";

/** A test: it is given the context in which it can skip itself, as Vitest and node:test have it. */
export type ContractTest = (...context: unknown[]) => Promise<void>;

/** The two functions of a test framework that are needed; those of Vitest, Jest, Mocha and node:test are suitable. */
export interface TestFramework {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: ((title: string, run: ContractTest) => unknown) & {
    readonly skip: (title: string, run: ContractTest) => unknown;
  };
}

/**
 * Registers the cases as tests. A case that a driver cannot pass is skipped with the reason, which shows in its title; so is a
 * case that needs an option of the contract that was not given.
 *
 * A case that turns out not to apply while it runs, such as one on cursors for a storage without, skips itself with the reason
 * in Vitest and node:test, skips itself in Mocha, and passes in Jest, which cannot skip a test that runs.
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
      const title = `${one.title} [${one.id}]`;
      const reason = reasons.get(one.id) ?? one.skip;
      if (reason === undefined) it(title, testOf(one));
      else it.skip(`${title} (skipped: ${reason})`, testOf(one));
    }
  });
}

function testOf(one: ContractCase): ContractTest {
  return async function test(this: unknown, ...context) {
    const reason = await one.run();
    if (reason === undefined) return;
    // Mocha gives the context as `this`.
    for (const each of [context[0], this]) if (canSkip(each)) return each.skip(reason);
  };
}

function canSkip(context: unknown): context is { skip(reason: string): void } {
  // The context of Vitest is a function.
  const hasMembers = (typeof context === "object" && context !== null) || typeof context === "function";
  return hasMembers && "skip" in context && typeof context.skip === "function";
}
