import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceText } from "./offence.ts";

/** The repository's root, with a slash at its end. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

const NOT_OURS: ReadonlySet<string> = new Set(["node_modules", "dist", "coverage", ".git", ".cache"]);
const TEXT = /\.(ts|mts|mjs|js|json|md|yml|yaml|sh|txt|csv|sql)$|(^|\/)(run|LICENSE|\.gitignore|\.npmrc)$/;

function walk(folder: string, into: string[]): void {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    if (NOT_OURS.has(entry.name)) continue;
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) walk(path, into);
    else into.push(path);
  }
}

/** The text files below `folder` (the root: `.`) whose path ends in one of `endings`, sorted by path. */
export function filesBelow(folder: string, ...endings: string[]): SourceText[] {
  const paths: string[] = [];
  walk(folder, paths);
  return paths
    .filter((path) => TEXT.test(path) && (endings.length === 0 || endings.some((ending) => path.endsWith(ending))))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

/** The library's own code. */
export function sourceFiles(): SourceText[] {
  return filesBelow("src", ".ts");
}

/** The pages whose code blocks must be true. */
export function documents(): SourceText[] {
  const atRoot = filesBelow(".", ".md").filter(({ path }) => !path.includes("/"));
  return [...atRoot, ...filesBelow("docs", ".md"), ...filesBelow("examples", ".md")];
}
