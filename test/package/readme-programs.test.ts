import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { freePort } from "../helpers/postgres/free-port.ts";
import { blocksOf } from "../rules/doc-blocks.ts";
import { mustRun, type Packed, pack, ROOT, run } from "./packed.ts";

/** The program below a heading of README. */
function programOf(heading: string): string {
  const text = readFileSync(join(ROOT, "README.md"), "utf8");
  const line = text.slice(0, text.indexOf(`## ${heading}\n`)).split("\n").length;
  const block = blocksOf({ path: "README.md", text }).find((each) => each.language === "ts" && each.line > line);
  return `${block?.code.join("\n")}\n`;
}

const ACCEPT = programOf("The smallest program that accepts users");
const PUSH = programOf("The smallest program that pushes users");

/** As the guide says for CommonJS, which has no top-level `await`. */
function inAFunction(program: string): string {
  const lines = program.split("\n");
  const code = lines.filter((line) => !line.startsWith("import "));
  const imports = lines.filter((line) => line.startsWith("import "));
  return [...imports, "async function main() {", ...code, "}", "void main();", ""].join("\n");
}

const CASES = [
  { title: "as JavaScript", source: "mjs", file: "mjs", change: (program: string) => program },
  { title: "as TypeScript", source: "mts", file: "mjs", change: (program: string) => program },
  { title: "as TypeScript in CommonJS", source: "ts", file: "js", change: inAFunction },
];

let packed: Packed;
let port: number;
const running: ChildProcess[] = [];

/** Compiles all TypeScript programs with the settings of the guide, `skipLibCheck` off. */
function compile(): void {
  const types = { types: ["node"], typeRoots: [join(ROOT, "node_modules/@types")] };
  const compilerOptions = { module: "nodenext", target: "es2022", strict: true, skipLibCheck: false, ...types };
  writeFileSync(join(packed.folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const { status, stdout } = run(join(ROOT, "node_modules/.bin/tsc"), ["-p", "."], packed.folder);
  expect([status, stdout]).toEqual([0, ""]);
}

/** Starts the program that accepts users; returns what it prints: its base URL and its token. */
async function started(folder: string, file: string): Promise<{ url: string; token: string }> {
  const child = spawn("node", [file], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  running.push(child);
  const [chunk] = await once(child.stdout, "data");
  const [url = "", token = ""] = String(chunk).trim().split(" ");
  return { url, token };
}

async function pushed(folder: string, file: string, token: string): Promise<string> {
  const child = spawn("node", ["--disable-warning=ExperimentalWarning", file], {
    cwd: folder,
    env: { ...process.env, TOKEN: token },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  const [code] = await once(child, "close");
  expect(code).toBe(0);
  return printed;
}

beforeAll(async () => {
  packed = pack();
  port = await freePort();
  writeFileSync(join(packed.folder, "package.json"), JSON.stringify({ name: "app", private: true, type: "commonjs" }));
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--no-progress"];
  mustRun("npm", ["install", packed.tarball, ...quiet], packed.folder);
  const push = PUSH.replace("https://app.example/scim/v2", `http://127.0.0.1:${port}/source/scim/okta/v2`);
  for (const { source, change } of CASES) {
    mkdirSync(join(packed.folder, source));
    writeFileSync(join(packed.folder, source, `accept.${source}`), change(ACCEPT.replaceAll("3000", String(port))));
    writeFileSync(join(packed.folder, source, `push.${source}`), change(push));
  }
  compile();
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill();
    await once(child, "close");
  }
});
afterAll(() => packed?.dispose());

describe("the programs of README, with the installed package and nothing else", () => {
  it.each(CASES)("accept and push a user $title", async ({ source, file }) => {
    const folder = join(packed.folder, source);
    const { url, token } = await started(folder, `accept.${file}`);
    expect(url).toBe(`http://127.0.0.1:${port}/source/scim/okta/v2`);
    const list = async (): Promise<{ userName: string }[]> => {
      const response = await fetch(`${url}/Users`, { headers: { authorization: `Bearer ${token}` } });
      return (await response.json()).Resources ?? [];
    };
    expect(await vi.waitFor(list)).toEqual([]); // it prints its address before it listens
    expect(await pushed(folder, `push.${file}`, token)).toMatch(/create.*ada[\s\S]*\nsucceeded \{/);
    expect((await list()).map(({ userName }) => userName)).toEqual(["ada"]);
    expect(await pushed(folder, `push.${file}`, token)).toMatch(/^succeeded \{/);
  });
});
