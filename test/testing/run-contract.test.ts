import { expect, it } from "vitest";
import { runContract } from "../../src/testing/contract/run-contract.ts";

function recorder() {
  const log: string[] = [];
  const run = (title: string) => log.push(`run ${title}`);
  const skip = (title: string) => log.push(`skip ${title}`);
  const describe = (name: string, body: () => void) => {
    log.push(name);
    body();
  };
  return { log, framework: { describe, it: Object.assign(run, { skip }) } };
}

const cases = [
  { id: "a" as const, title: "keeps a", run: async () => {} },
  { id: "b" as const, title: "keeps b", run: async () => {} },
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
