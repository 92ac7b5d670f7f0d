import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a built file pulls in, directly or over other built files. */
export interface Reach {
  /** Built files. */
  readonly files: ReadonlySet<string>;
  /** Packages and `node:` modules. */
  readonly modules: ReadonlySet<string>;
  /** The source files that were bundled into them, as the bundler notes them. */
  readonly sources: ReadonlySet<string>;
}

const IMPORT = /(?:^|[;\s}])(?:import|export)\s*(?:[\w*{][^"';]*?from\s*)?"([^"]+)"|import\("([^"]+)"\)/g;
const ORIGIN = /^\/\/ (src\/\S+\.ts)$/gm;

/** Follows the imports of a built ES module; with `{ later: false }` only those that are loaded before the module runs. */
export function reach(entry: string, { later = true }: { readonly later?: boolean } = {}): Reach {
  const files = new Set<string>();
  const modules = new Set<string>();
  const sources = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file) || !existsSync(file)) continue;
    files.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, origin] of text.matchAll(ORIGIN)) sources.add(origin ?? "");
    for (const [, still = "", dynamic = ""] of text.matchAll(IMPORT)) {
      const specifier = still || (later ? dynamic : "");
      if (specifier === "") continue;
      if (specifier.startsWith(".")) open.push(join(dirname(file), specifier));
      else modules.add(specifier);
    }
  }
  return { files, modules, sources };
}
