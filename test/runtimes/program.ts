import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import ts from "typescript";
import { ROOT } from "../package/packed.ts";

/** The smoke program in a project of its own that has the built package installed. */
export interface Program {
  readonly folder: string;
  /** A module that prints what happened. */
  readonly file: string;
  /** The program and all that it needs as one script, which leaves `smoke` behind in the global scope. */
  bundle(): Promise<string>;
  dispose(): void;
}

export function smokeProgram(): Program {
  const folder = mkdtempSync(join(tmpdir(), "scimkit-runtimes-"));
  const source = readFileSync(fileURLToPath(new URL("smoke.ts", import.meta.url)), "utf8");
  const settings = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/scimkit"), "dir");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "smoke", private: true, type: "module" }));
  writeFileSync(join(folder, "tsconfig.json"), "{}");
  writeFileSync(join(folder, "smoke.js"), ts.transpileModule(source, { compilerOptions: settings }).outputText);
  const file = join(folder, "run.js");
  writeFileSync(file, 'import { smoke } from "./smoke.js";\nconsole.log(await smoke());\n');
  return { folder, file, bundle: () => bundled(folder), dispose: () => rmSync(folder, { recursive: true }) };
}

async function bundled(folder: string): Promise<string> {
  const entry = join(folder, "worker.js");
  writeFileSync(entry, 'import { smoke } from "./smoke.js";\nglobalThis.smoke = smoke;\n');
  await build({
    config: false,
    entry: [entry],
    outDir: join(folder, "out"),
    tsconfig: join(folder, "tsconfig.json"),
    format: ["iife"],
    platform: "neutral",
    noExternal: [/./],
    dts: false,
    silent: true,
  });
  return readFileSync(join(folder, "out/worker.global.js"), "utf8");
}
