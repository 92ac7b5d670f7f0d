import { spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Runs the tests whose properties have a time to search (`test/helpers/soak.ts`), for `SCIMKIT_SOAK` seconds, 300
 * if that is not set: each property for a tenth of it. Arguments go to vitest.
 *
 * With `hostile` as the first argument, runs `soak-hostile.ts` instead, which has options of its own. With `expressions`,
 * evaluates a million hostile expressions of each language of mappings, or `SCIMKIT_SOAK_CASES` of them.
 */
const files = globSync("test/**/*.test.ts").filter((file) => readFileSync(file, "utf8").includes("helpers/soak.ts"));
if (files.length === 0) throw new RangeError("There is nothing to soak: run this in the project's own folder");

const [first, ...rest] = process.argv.slice(2);
const { SCIMKIT_SOAK = "300", SCIMKIT_SOAK_CASES = "1000000" } = process.env;
const isExpressions = first === "expressions";
const env = { ...process.env, SCIMKIT_SOAK, ...(isExpressions ? { SCIMKIT_SOAK_CASES } : {}) };
const soaked = files.filter((file) => !isExpressions || file.startsWith("test/mapping/languages/"));
const given = isExpressions ? rest : process.argv.slice(2);
const tests = ["run", "--testTimeout=0", ...given, ...soaked.toSorted()];
const hostile = ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "soak-hostile.ts"), ...rest];
const child =
  first === "hostile"
    ? spawn(process.execPath, hostile, { stdio: "inherit" })
    : spawn("vitest", tests, { env, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
