import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EdgeVM } from "@edge-runtime/vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mustRun, ROOT } from "../package/packed.ts";
import { otherNode } from "./other-node.ts";
import { type Program, smokeProgram } from "./program.ts";

const HAPPENED = {
  accept: {
    created: [201, 201, 201],
    twice: [409, "uniqueness"],
    patched: [200, { familyName: "King" }],
    found: 1,
    listed: [2, 1],
    stranger: 401,
    unread: [400, "invalidFilter"],
    gone: 204,
    members: 1,
  },
  call: { patched: "Ada", names: ["Ada"], missing: 404 },
  push: { state: "succeeded", created: 3, membersAdded: 2, accounts: 2 },
};

/** Elsewhere a runtime that npm did not bring along is left out, and other Nodes are not fetched. */
const IS_LINUX_X64 = process.platform === "linux" && process.arch === "x64";

const deno = ["run", "--no-prompt", "--no-remote", "--node-modules-dir=manual"];
const runtimes = [
  { name: "the Node of the repository", command: process.execPath, args: [] },
  { name: "Bun", command: join(ROOT, "node_modules/.bin/bun"), args: ["run"] },
  { name: "Deno, without any permission", command: join(ROOT, "node_modules/.bin/deno"), args: deno },
];

/** The lowest that package.json allows, and the lines that follow ours. */
const OTHER_NODES = ["22.13.0", "24.21.0", "26.10.0"];

describe("the built package", () => {
  let program: Program;
  beforeAll(() => {
    program = smokeProgram();
  });
  afterAll(() => program?.dispose());

  for (const { name, command, args } of runtimes) {
    it.skipIf(!IS_LINUX_X64 && !existsSync(command))(`runs on ${name}`, () => {
      const printed = mustRun(command, [...args, program.file], program.folder);
      expect(JSON.parse(printed)).toEqual(HAPPENED);
    });
  }

  for (const version of OTHER_NODES) {
    it.skipIf(!IS_LINUX_X64)(`runs on Node ${version}`, () => {
      const printed = mustRun(otherNode(version), [program.file], program.folder);
      expect(JSON.parse(printed)).toEqual(HAPPENED);
    });
  }

  it("is tried on the lowest Node that it says it needs", () => {
    const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(`${engines.node}.0`).toBe(`>=${OTHER_NODES[0]}`);
  });

  it("runs in an isolate that has nothing but what the web has", async () => {
    const isolate = new EdgeVM();
    isolate.evaluate(await program.bundle());
    expect(isolate.evaluate("[typeof process, typeof require, typeof Buffer].join()")).toBe(
      "undefined,undefined,undefined",
    );
    const printed = await isolate.evaluate<Promise<string>>("smoke()");
    expect(JSON.parse(printed)).toEqual(HAPPENED);
  });
});
