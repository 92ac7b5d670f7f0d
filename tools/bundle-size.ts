import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build, type Metafile } from "esbuild";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** How esbuild notes in a built file where a part of it comes from. */
const ORIGIN = /^\/\/ ((?:src|node_modules)\/\S+)$/gm;

/** What a program that imports something weighs, minified and compressed by gzip. */
export interface BundleSize {
  /** All of it in one file, in bytes. */
  readonly total: number;
  /** What is loaded before the program runs; the rest is loaded when it is needed. */
  readonly atStart: number;
  /** The source files of which something may be in it: all those in the same built file. */
  readonly sources: ReadonlySet<string>;
}

/** Bundles the built package as an application does with esbuild. `code` imports it by its name. */
export async function bundleSize(code: string): Promise<BundleSize> {
  const options = {
    stdin: { contents: code, resolveDir: ROOT },
    absWorkingDir: ROOT,
    // Without the paths of tsconfig.json, by which the name of the package means its source.
    tsconfigRaw: {},
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import"],
    external: ["node:*"],
    write: false,
    metafile: true,
    outdir: "bundle",
    logLevel: "error",
  } as const satisfies BuildOptions;
  const whole = await build(options);
  const split = await build({ ...options, splitting: true });
  const first = loadedAtStart(split.metafile.outputs);
  return {
    total: compressed(whole.outputFiles),
    atStart: compressed(split.outputFiles.filter(({ path }) => first.has(basename(path)))),
    sources: new Set(Object.values(whole.metafile.outputs).flatMap(({ inputs }) => sourcesOf(inputs))),
  };
}

function compressed(files: readonly { readonly contents: Uint8Array }[]): number {
  return files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}

/** The names of the files that the entry imports, directly or not, without those that are imported later. */
function loadedAtStart(outputs: Metafile["outputs"]): ReadonlySet<string> {
  const files = new Set(Object.keys(outputs).filter((file) => basename(file) === "stdin.js"));
  for (const file of files) {
    for (const { path, kind } of outputs[file]?.imports ?? []) if (kind === "import-statement") files.add(path);
  }
  return new Set([...files].map((file) => basename(file)));
}

function sourcesOf(inputs: Metafile["outputs"][string]["inputs"]): string[] {
  const used = Object.entries(inputs).filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && file !== "<stdin>");
  return used.flatMap(([file]) => {
    if (!file.startsWith("dist/")) return [file];
    return [...readFileSync(`${ROOT}${file}`, "utf8").matchAll(ORIGIN)].map(([, source = ""]) => source);
  });
}
