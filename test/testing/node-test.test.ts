import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { memoryStorage } from "../../src/storage/memory/storage.ts";
import { storageContract } from "../../src/testing/storage/storage-contract.ts";

it("runs with node:test as it does with Vitest, without a package between", async () => {
  const file = join(import.meta.dirname, "fixtures", "contract-with-node-test.ts");
  const flags = ["--no-warnings", "--experimental-strip-types", "--test", "--test-reporter=tap", file];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { env: { PATH: process.env.PATH } });
  const cases = storageContract({ create: async () => memoryStorage() });
  expect(stdout).toContain(`# pass ${cases.length - 2}\n`);
  expect(stdout).toContain("# skipped 2\n");
  expect(stdout).toContain("# fail 0\n");
  expect(stdout).toContain("(skipped: to see what a skipped case looks like)");
  expect(stdout).toContain("(skipped: the contract is without the option readBehind)");
});
