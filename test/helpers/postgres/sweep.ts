import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DIRECTORY_PREFIX } from "./cluster.ts";

/**
 * Ends and removes the clusters whose keeper was killed, and so could not. Nothing is touched but what lies in a
 * directory of ours whose keeper is gone, and the server that runs in it.
 */
export function sweepAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const keeper = new RegExp(`^${DIRECTORY_PREFIX}(\\d+)-`).exec(name)?.[1];
    if (keeper === undefined || commandOf(Number(keeper))?.includes("keeper.ts")) continue;
    const data = join(tmpdir(), name, "data");
    const server = serverIn(data);
    try {
      if (server !== undefined && commandOf(server)?.includes(data)) process.kill(server, "SIGQUIT");
      rmSync(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    } catch {
      // Another user's, or ended in this moment: not ours to mend.
    }
  }
}

function serverIn(data: string): number | undefined {
  try {
    return Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0]);
  } catch {
    return undefined;
  }
}

/** The command line of a process, or `undefined` where there is none. */
function commandOf(pid: number): string | undefined {
  if (existsSync("/proc/self/cmdline")) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
      return undefined;
    }
  }
  const { stdout, status } = spawnSync("ps", ["-o", "args=", "-p", String(pid)]);
  return status === 0 ? String(stdout) : undefined;
}
