import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A process of its own that runs a script of the fixtures; what it prints can be read. */
export function startScript(script: string, ...args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  const path = join(import.meta.dirname, "fixtures", script);
  const flags = ["--no-warnings", "--experimental-strip-types", path, ...args];
  return spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
}

/** Kills a process that writes to the database at `place`, and tells the last transaction that it had seen committed. */
export async function writtenWhenKilled(place: string): Promise<number> {
  const child = startScript("write-until-killed.ts", place);
  let confirmed = -1;
  for await (const line of createInterface({ input: child.stdout })) {
    confirmed = Number(line);
    if (confirmed >= 100) break;
  }
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return confirmed;
}
