import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, with a slash at its end. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** Runs a command to its end, without a terminal. The limit ends what hangs, before the test's own does. */
export function run(command: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  return spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    timeout: 240_000,
    maxBuffer: 64 << 20,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** As `run`, for a command that must succeed; what it printed is in the error. */
export function mustRun(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = run(command, args, cwd);
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? ""}\n${stdout}\n${stderr}`);
  return stdout;
}

/** The tarball of the package as it would be published, in an empty folder of its own. */
export interface Packed {
  readonly folder: string;
  readonly tarball: string;
  /** Paths within the package. */
  readonly files: readonly string[];
  dispose(): void;
}

/** Packs what `npm run build` has built. */
export function pack(): Packed {
  if (!existsSync(join(ROOT, "dist/index.js"))) throw new Error("There is no dist/index.js: run `npm run build` first");
  const folder = mkdtempSync(join(tmpdir(), "scimkit-package-"));
  const printed = mustRun("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], ROOT);
  const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(printed);
  if (packed === undefined) throw new Error(`npm pack printed ${printed}`);
  return {
    folder,
    tarball: join(folder, packed.filename),
    files: packed.files.map(({ path }) => path).sort(),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
