import { spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";

/**
 * Runs the tests whose properties have a time to search (`test/helpers/soak.ts`), for `SCIMKIT_SOAK` seconds, 300
 * if that is not set: each property for a tenth of it. Arguments go to vitest.
 */
const files = globSync("test/**/*.test.ts").filter((file) => readFileSync(file, "utf8").includes("helpers/soak.ts"));
if (files.length === 0) throw new RangeError("There is nothing to soak: run this in the project's own folder");

const env = { ...process.env, SCIMKIT_SOAK: process.env.SCIMKIT_SOAK ?? "300" };
const arguments_ = ["run", "--testTimeout=0", ...process.argv.slice(2), ...files.toSorted()];
const child = spawn("vitest", arguments_, { env, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
